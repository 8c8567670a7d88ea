import { describe, expect, test } from "vitest";
import { chat, post } from "../../gateway/test/test-gateway.ts";
import { CLOSED_PORT } from "../../test-support/closed-port.ts";
import { fileOf, startAdminService } from "../test/admin-service.ts";
import { routesCommand } from "./routes-command.ts";
import { targetsCommand } from "./targets-command.ts";

async function setUp() {
  const service = await startAdminService();
  const answeredBy = async (model: string) => {
    const response = await post(service.url, "/v1/chat/completions", chat({ model }));
    await response.text();
    return response.headers.get("x-sluice-target") ?? response.status;
  };
  return { ...service, answeredBy, run: service.cli(routesCommand) };
}

describe("sluice routes", () => {
  test("sets a route that is used at once, lists it and removes it", async () => {
    const { run, answeredBy } = await setUp();
    const failure = await run("set", "new", "--target", "a/small=95", "tiny=0", "--fallback", "tiny").catch(String);
    expect(failure).toContain("must not name a target twice");
    expect(await run("set", "new", "--target", "a/small=95", "tiny=0", "--sticky", "user")).toContain("(version 1)");
    expect(await answeredBy("new")).toBe("a/small");
    expect((await run("list")).split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["NAME", "POLICY", "TARGETS", "FALLBACKS", "SOURCE"],
      ["chat", "weighted", "a/small=1", "declared"],
      ["new", "weighted", "a/small=95, tiny=0", "changed"],
    ]);
    expect(await run("remove", "new")).toBe("Removed new (all gateways follow within 5 s).");
    expect(await answeredBy("new")).toBe(404);
  });

  test("calls a second target beside a slow first one with --hedge-after", async () => {
    const { run } = await setUp();
    await run("set", "chat", "--target", "a/small", "tiny", "--hedge-after", "200");
    const [route] = JSON.parse(await run("list", "--json"));
    expect(route).toMatchObject({ name: "chat", settings: { hedgeAfterMs: 200 } });
  });

  test("changes a declared route, and uses its declaration again after the removal", async () => {
    const { run, answeredBy } = await setUp();
    await run("set", "chat", "--target", "tiny");
    expect(await answeredBy("chat")).toBe("tiny");
    expect(await run("remove", "chat")).toContain("its declaration in the environment file is used again");
    expect(await answeredBy("chat")).toBe("a/small");
  });

  test("puts one target first or drains one, until it is released", async () => {
    const { run, answeredBy } = await setUp();
    await run("set", "chat", "--target", "a/small=1", "tiny=0");
    expect(await run("override", "chat", "--force", "tiny")).toContain(
      "chat: tiny is used first within 5 s on all gateways",
    );
    expect(await answeredBy("chat")).toBe("tiny");
    const replaced = await run("override", "chat", "--drain", "a/small", "--replace");
    expect(replaced).toMatch(/Replaced: tiny is used first, since .* by the key .*a\/small gets no new requests/s);
    expect(await answeredBy("chat")).toBe("tiny");
    const released = await run("release", "chat");
    expect(released).toMatch(/Released: a\/small gets no new requests, since .*follows its policy again/s);
    expect(await answeredBy("chat")).toBe("a/small");
  });

  // documented: cli-override-version
  test("puts no override in place of another operator's, unless it is to", async () => {
    const { run, answeredBy } = await setUp();
    await run("set", "chat", "--target", "a/small=1", "tiny=0");
    await run("override", "chat", "--force", "tiny");
    const error = await run("override", "chat", "--drain", "tiny").catch((thrown: Error) => thrown.message);
    expect(error).toMatch(/^chat has an override already: tiny is used first, since .*; add --replace/);
    expect(error).not.toContain("\n");
    expect(await answeredBy("chat")).toBe("tiny");
  });

  test.each([
    [["set", "x"], /A route needs at least one --target, or all settings in --file/],
    [["set", "x", "--target", "tiny=much"], /--target must end in a weight, got tiny=much; write it as POOL or PROV/],
    [
      ["set", "x", "--target", "huge"],
      /`routes.x.targets\[0\].pool` must be the name of a pool, got "huge"; use one of/,
    ],
    [["set", "x", "--target", "tiny", "--policy", "best"], /`policy` must be one of weighted, .*, got "best"; use one/],
    [
      ["set", "x", "--target", "tiny", "--failover-after", "0"],
      /--failover-after must be a number of seconds above 0, got 0/,
    ],
    [["set", "x", "--target", "tiny", "--hedge-after", "9"], /`hedgeAfterMs` must be .*50, got 9/],
    [["set", "x", "--file", fileText("{")], /--file must be a JSON object, got what is no JSON in/],
    [["set", "x", "--file", fileText("[]")], /--file must be a JSON object, got \[\] in/],
    [["set", "x", "--file", fileText("null")], /--file must be a JSON object, got null in/],
    [["override", "chat"], /An override needs --force or --drain/],
    [["release", "chat"], /There is no override "chat"/],
  ])("%j is refused in one line with field, value, rule and remedy", async (args, message) => {
    const { run } = await setUp();
    const error = await run(...args.map((arg) => (typeof arg === "string" ? arg : arg()))).then(
      () => "nothing",
      (thrown: Error) => thrown.message,
    );
    expect(error).toMatch(message);
    expect(error).not.toContain("\n");
  });
});

/** Created and removed by the test. */
function fileText(content: string): () => string {
  return () => fileOf(content);
}

describe("sluice targets list", () => {
  test("shows health, load and spend of each target", async () => {
    const { cli, answeredBy } = await setUp();
    await answeredBy("chat");
    const [, ...rows] = (await cli(targetsCommand)("list")).split("\n").map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      ["tiny", "available", "closed", "0", "0 of 0", "", "", "tiny"].filter(Boolean),
      ["a/small", "available", "closed", "0", "0 of 1", expect.stringMatching(/^\d+ ms$/), "$0.00", "chat"],
    ]);
  });
});

describe("the address and key of the admin API", () => {
  test("a key is read from its source, and text that may be a key is not repeated", async () => {
    const { run, secret, variables, url } = await setUp();
    expect(await run("list", "--url", url, "--key", `file:${fileOf(`${secret}\n`)}`)).toContain("chat");
    variables.OTHER = "sk-wrong";
    await expect(run("list", "--key", "env:OTHER")).rejects.toThrow(/key/i);
    const error = await run("list", "--key", secret).catch(String);
    expect(error).toContain("--key must name the source of the key, not the key itself; write env:NAME or file:PATH");
    expect(error).not.toContain(secret);
    delete variables.SLUICE_API_KEY;
    await expect(run("list")).rejects.toThrow(
      "no key in the variable SLUICE_API_KEY; create one with `sluice keys create",
    );
  });

  test("an address is needed without a local stack, and a malformed one is refused", async () => {
    const { cli, run } = await setUp();
    const port = CLOSED_PORT;
    await expect(cli(routesCommand, null)("list")).rejects.toThrow("No local stack runs in this clone; start one with");
    await expect(run("list", "--url", "api")).rejects.toThrow("--url must be an http(s) address, got api; write it as");
    await expect(run("list", "--url", `http://127.0.0.1:${port}`)).rejects.toThrow(
      `http://127.0.0.1:${port} can't be reached (ECONNREFUSED); check --url`,
    );
  });
});
