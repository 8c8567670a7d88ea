import { describe, expect, test } from "vitest";
import { providerConfig } from "../../test-support/target-config.ts";
import { fileOf, startAdminService } from "../test/admin-service.ts";
import { providersCommand } from "./providers-command.ts";

async function setUp() {
  const service = await startAdminService();
  return { ...service, run: service.cli(providersCommand) };
}
const CONNECTION = ["--endpoint", "https://api.example.com", "--credential", "secret:sluice/example"];
const MODEL = ["--model", "small,context=8192,input=0.15,output=0.6,can=tools+json-schema"];

describe("sluice providers list", () => {
  test("shows the source of each provider and of its key, but no key", async () => {
    const { run } = await setUp();
    await run("add", "example", ...CONNECTION, ...MODEL);
    expect((await run("list")).split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["NAME", "DIALECT", "ENDPOINT", "KEY FROM", "MODELS", "SOURCE"],
      ["a", "openai", expect.stringMatching(/^http:/), "none", "small", "declared"],
      ["example", "openai", "https://api.example.com", "secret sluice/example", "small", "changed"],
    ]);
  });

  test("prints with --json the settings that --file reads", async () => {
    const { run } = await setUp();
    await run("add", "example", ...CONNECTION, ...MODEL);
    const [, added] = JSON.parse(await run("list", "--json"));
    expect(added.settings.models.small).toEqual({
      contextTokens: 8192,
      capabilities: ["tools", "json-schema"],
      inputUsdPerMillion: 0.15,
      outputUsdPerMillion: 0.6,
    });
    expect(await run("add", "twin", "--file", fileOf(JSON.stringify(added.settings)))).toContain("version 2");
  });
});

describe("sluice providers add", () => {
  test("replaces a provider of the same name only with --replace", async () => {
    const { run } = await setUp();
    const again = () => run("add", "a", ...CONNECTION, ...MODEL);
    await expect(again()).rejects.toThrow("The provider a already exists; add --replace to replace it.");
    expect(await run("add", "a", ...CONNECTION, ...MODEL, "--replace")).toContain("version 1");
  });

  test("refuses a key as an option, and does not repeat text that may be a key", async () => {
    const { run } = await setUp();
    const error = await run("add", "x", "--endpoint", "https://x.com", "--credential", "sk-hush", ...MODEL).catch(
      String,
    );
    expect(error).toContain(
      "--credential must name the source of the provider's key, never the key; write secret:NAME",
    );
    expect(error).not.toContain("hush");
  });

  test.each([
    [[...CONNECTION], /needs --endpoint, --credential and --model, or all settings in --file/],
    [
      [...CONNECTION, "--model", "small"],
      /--model must have its context and prices, got small; write it as NAME,context=/,
    ],
    [[...CONNECTION, "--model", "s,context=many,input=1,output=1"], /--model s: context must be a number, got many/],
    [
      [...CONNECTION, "--model", "s,context=1,input=1,output=1,can=fly"],
      /can must be capabilities, got fly; use tools, /,
    ],
    [
      [...CONNECTION, ...MODEL, "--rate-limit", "5/day"],
      /--rate-limit must be requests per minute or hour, got 5\/day/,
    ],
    [[...CONNECTION, ...MODEL, "--max-in-flight", "0"], /`maxInFlight` must be at least 1, got 0; raise it/],
    [
      ["--endpoint", "ftp://x", ...CONNECTION.slice(2), ...MODEL],
      /`endpoint` must be an http\(s\) URL, got "ftp:\/\/x"/,
    ],
    [
      [...CONNECTION, ...MODEL, "--dialect", "bedrock"],
      /`providers.x.region` must name the region .*, got null; write it as/,
    ],
    [
      [...CONNECTION, "--file", "x.json"],
      /--file must be the only option with settings, got --endpoint, --credential too/,
    ],
    [["--file", "/nowhere/x.json"], /--file must name a readable file, got \/nowhere\/x.json/],
  ])("%j is refused in one line with field, value, rule and remedy", async (args, message) => {
    const { run } = await setUp();
    const error = await run("add", "x", ...args).then(
      () => "nothing",
      (thrown: Error) => thrown.message,
    );
    expect(error).toMatch(message);
    expect(error).not.toContain("\n");
  });
});

describe("sluice providers test and remove", () => {
  test("connects and lists models, or prints why it can't", async () => {
    const { run, provider } = await setUp();
    expect(await run("test", "a", "--connection-only")).toMatch(/^a responded in \d+ ms and has small\.$/);
    expect(provider.received).toEqual([]);
    provider.behaviour.key = "other";
    await expect(run("test", "a")).rejects.toThrow("a can't be used: It does not take our key; put a valid one");
    await expect(run("test", "b")).rejects.toThrow('There is no provider "b"');
  });

  test("removes a change, and explains why a declared provider stays", async () => {
    const { run, other } = await setUp();
    await run("add", "example", ...CONNECTION, ...MODEL);
    expect(await run("remove", "example")).toBe("Removed example (all gateways follow within 5 s).");
    await expect(run("remove", "a")).rejects.toThrow(/declared in the environment file and was not changed; remove it/);
    const { name: _, ...settings } = providerConfig("a", other.origin);
    await run("add", "a", "--replace", "--file", fileOf(JSON.stringify(settings)));
    expect(await run("remove", "a")).toContain("its declaration in the environment file is used again");
    await expect(run("remove", "a1")).rejects.toThrow("There is no provider a1; `sluice providers list` shows");
  });
});
