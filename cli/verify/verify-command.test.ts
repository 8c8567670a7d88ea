import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { temporaryFolder } from "../../local/test/tools.ts";
import type { AlarmFacts } from "./cloudwatch-facts.ts";
import { expectedIntegrations } from "./integration-check.ts";
import { verifyCommand } from "./verify-command.ts";

const dev = await loadEnvironment("dev");

/** How the simulated deployment differs from a right one. */
interface Faults {
  readonly models?: readonly string[];
  readonly anyKey?: boolean;
  readonly buffersStreams?: boolean;
  readonly endsStreamsEarly?: boolean;
  readonly htmlErrors?: boolean;
  readonly noCors?: boolean;
  readonly noMetrics?: boolean;
  readonly alarms?: readonly AlarmFacts[];
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "r" }).end(JSON.stringify(body));

async function deployment(faults: Faults): Promise<string> {
  const fail = (response: ServerResponse, status: number, code: string) =>
    faults.htmlErrors
      ? response.writeHead(status, { "content-type": "text/html" }).end("<html>no</html>")
      : json(response, status, { error: { message: "m", type: "invalid_request_error", param: null, code } });
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString();
    const key = request.headers.authorization;
    if (request.method === "OPTIONS")
      return response
        .writeHead(
          204,
          faults.noCors ? {} : { "access-control-allow-origin": "*", "access-control-allow-headers": "*" },
        )
        .end();
    if (request.url === "/health") return json(response, 200, { status: "ok" });
    if (key === "Bearer sk-wrong" && !faults.anyKey) return fail(response, 401, "invalid_api_key");
    if (request.url === "/v1/models")
      return json(response, 200, { data: (faults.models ?? ["phi-3-mini"]).map((id) => ({ id })) });
    if (request.url !== "/v1/chat/completions") return fail(response, 404, "not_found");
    if (text.length > dev.api.bodyLimitBytes) return fail(response, 413, "request_too_large");
    if (text === "{") return fail(response, 400, "invalid_json");
    const body: { model: string; messages?: unknown; stream?: boolean } = JSON.parse(text);
    if (body.messages === undefined) return fail(response, 400, "invalid_request");
    if (body.model !== "phi-3-mini") return fail(response, 404, "model_not_found");
    if (body.stream) return stream(response);
    const message = { role: "assistant", content: "Hello" };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const choices = [{ index: 0, message, finish_reason: "stop", logprobs: null }];
    return json(response, 200, { id: "c", object: "chat.completion", created: 1, model: "phi-3-mini", choices, usage });
  };
  const stream = async (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let index = 0; index < 8; index++) {
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"${index}"}}]}\n\n`);
      if (!faults.buffersStreams) await sleep(10);
    }
    return response.end(faults.endsStreamsEarly ? "" : "data: [DONE]\n\n");
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function verified(faults: Faults, ...args: readonly string[]) {
  const apiUrl = await deployment(faults);
  const printed: string[] = [];
  const codes: number[] = [];
  let revoked = 0;
  const set: string[] = [];
  let clock = Date.now();
  const alarms = faults.alarms ?? [{ name: "sluice-dev-latency", state: "OK", actions: ["arn:topic"] }];
  const command = verifyCommand({
    print: (text) => printed.push(text),
    finish: (code) => codes.push(code),
    environment: loadEnvironment,
    local: () => undefined,
    variable: () => undefined,
    facts: () => ({
      sum: async () => (faults.noMetrics ? 0 : 3),
      alarms: async (prefix) =>
        alarms
          .filter(({ name }) => name.startsWith(prefix))
          .map((alarm) => (set.at(-1) === "ALARM" ? { ...alarm, state: "ALARM" } : alarm)),
      setAlarmState: async (_name, state) => void set.push(state),
      api: async () => ({
        id: "a1",
        integrations: expectedIntegrations(dev).map((each) => ({ ...each, resourceId: "r1" })),
      }),
    }),
    createKey: async () => ({
      secret: "sk-temporary",
      revoke: async () => {
        revoked += 1;
      },
    }),
    now: () => {
      clock += 100_000; // the wait for metrics is over at once
      return clock;
    },
  });
  await command
    .exitOverride()
    .parseAsync(["--aws", "--environment", "dev", "--url", apiUrl, ...args], { from: "user" });
  return { text: printed.join("\n"), code: codes.at(-1) ?? 0, revoked, set };
}

describe("sluice verify", () => {
  // documented: verify-finds-faults
  test("reports each check of a right deployment as ok, and revokes its key", async () => {
    const { text, code, revoked } = await verified({});
    expect(text).toMatch(/^ok {4}chat phi-3-mini +200 in/m);
    expect(text).toMatch(/^ok {4}stream phi-3-mini +9 events/m);
    expect(text).toMatch(/\d+ checks: \d+ ok, 0 to look at, 0 failed$/);
    expect([code, revoked]).toEqual([0, 1]);
    expect(text).not.toContain("sk-temporary");
  });

  test.each<readonly [string, Faults, RegExp]>([
    ["a model that gateways do not have", { models: ["other"] }, /^fail {2}models +phi-3-mini of the file is not/m],
    ["a wrong key that gets in", { anyKey: true }, /^fail {2}keys +a wrong key gets 200 instead of 401/m],
    ["streams that are held back", { buffersStreams: true }, /^fail {2}stream phi-3-mini +9 events arrived within/m],
    ["streams without their end", { endsStreamsEarly: true }, /^fail {2}stream phi-3-mini +the stream ends with/m],
    ["a load balancer's own errors", { htmlErrors: true }, /^fail {2}errors +no JSON: 400 instead of 400: <html>/m],
    ["pages that may not call it", { noCors: true }, /^fail {2}CORS +https:\/\/page\.example\.com is not allowed/m],
    ["measurements that do not arrive", { noMetrics: true }, /^fail {2}metrics +no Requests in Sluice\/Gateway/m],
    [
      "alarms without receivers",
      { alarms: [{ name: "sluice-dev-x", state: "OK", actions: [] }] },
      /^fail {2}alarms +no action: sluice-dev-x/m,
    ],
  ])("fails for %s, with a remedy and exit code 1", async (_, faults, line) => {
    const { text, code, revoked } = await verified(faults);
    expect(text).toMatch(line);
    expect(text).toMatch(/^fail .*\n {6}→ \S/m);
    expect([code, revoked]).toEqual([1, 1]);
  });

  test("disturbs nothing without --drill; with it an alarm is set and set back", async () => {
    expect((await verified({})).set).toEqual([]);
    const { text, set } = await verified({}, "--drill");
    expect(set).toEqual(["ALARM", "OK"]);
    expect(text).toMatch(
      /^ok {4}alarm drill +sluice-dev-latency was set to ALARM and back; check that arn:topic sent/m,
    );
    // The simulated deployment has no limit, and that is found.
    expect(text).toMatch(/^fail {2}limit of an address +none of 2\d\d requests was refused with 429/m);
  });

  test("writes the report as JSON without the key", async () => {
    const file = join(temporaryFolder(), "report.json");
    await verified({}, "--json", file);
    const report: { checks: { name: string; level: string }[] } = JSON.parse(readFileSync(file, "utf8"));
    expect(report.checks.map(({ name, level }) => `${name} ${level}`)).toContain("health ok");
    expect(readFileSync(file, "utf8")).not.toContain("sk-temporary");
  });

  test.each([
    [["--aws"], /--aws needs --environment NAME/],
    [["--aws", "--environment", "dev"], /--aws needs --url, as the environment has no domain/],
    [["--aws", "--environment", "dev", "--url", "ftp://x"], /--url must be an http\(s\) address, got ftp:\/\/x/],
    [[], /No local stack runs in this clone/],
  ])("%j is refused with its remedy", async (args, message) => {
    const unused = (): never => {
      throw new Error("not reached");
    };
    const command = verifyCommand({
      print: () => {},
      finish: unused,
      environment: loadEnvironment,
      local: () => undefined,
      variable: unused,
      facts: unused,
      createKey: unused,
      now: unused,
    });
    await expect(command.exitOverride().parseAsync([...args], { from: "user" })).rejects.toThrow(message);
  });
});
