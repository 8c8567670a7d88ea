import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Command } from "commander";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LiveRequestList } from "../../contracts/live/live-requests.ts";
import { quotaSeries } from "../../domain/limits/credit-use.ts";
import { windowAt } from "../../domain/limits/windows.ts";
import { bind } from "../../local/http/server.ts";
import { controlServer } from "../../local/test/control-server.ts";
import { CLOSED_PORT } from "../../test-support/closed-port.ts";
import { ChargeRate } from "./charge-rate.ts";
import { topCommand } from "./top-command.ts";

const START = Date.parse("2026-11-29T12:00:00Z");
type Request = LiveRequestList["data"][number];

function request(fields: Partial<Request>): Request {
  return {
    id: "req_1",
    gateway: "g-1",
    startedAt: "2026-11-29T11:59:50.000Z",
    ageMs: 10_000,
    endpoint: "/v1/chat/completions",
    model: "small",
    target: "small",
    keyId: "aaaaaaaaaaaa",
    projectId: "proj_1",
    ownerId: null,
    isBatch: false,
    stream: true,
    attempts: 1,
    firstTokenMs: 100,
    completionTokens: 0,
    ...fields,
  };
}

/** A gateway's list in each second: its tokens grow by 40, those of its two requests by 30 and 10. */
function listAt(second: number): LiveRequestList {
  return {
    object: "list",
    at: new Date(START + second * 1000).toISOString(),
    reach: "all-gateways",
    isComplete: true,
    gateways: [{ id: "g-1", version: "1", inProgress: 2, completionTokens: 1000 + 40 * second }],
    data: [
      request({ id: "req_1", completionTokens: 100 + 30 * second }),
      request({ id: "req_2", keyId: "bbbbbbbbbbbb", ageMs: 2500, completionTokens: 10 * second }),
    ],
  };
}

async function setUp() {
  const control = await controlServer();
  const secret = await control.owner("org-a");
  const state = { lists: 0, isDown: false };
  const gateway = await bind(0, "", (_, response) => {
    if (state.isDown) return void response.writeHead(503).end('{"error":{"message":"busy"}}');
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(listAt(state.lists++)));
  });
  onTestFinished(() => gateway.close());
  const printed: string[] = [];
  const shown: string[] = [];
  const variables: Record<string, string> = { SLUICE_API_KEY: "sk-key", SLUICE_ADMIN_KEY: secret };
  let seconds = 0;
  const run = async (args: readonly string[], { most = 3, isTerminal = true, port = gateway.port } = {}) => {
    const shared = { print: (text: string) => printed.push(text), variable: (name: string) => variables[name] };
    const command: Command = topCommand({
      admin: {
        ...shared,
        localUrl: () => `http://127.0.0.1:${port}`,
        secretStore: () => Promise.reject(new Error("unused")),
      },
      control: { ...shared, localUrl: () => control.url.replace(/\/v1$/, ""), now: () => control.clock.ms },
      ...(isTerminal ? { show: (text: string) => void shown.push(text) } : {}),
      print: shared.print,
      wait: () => (++seconds > most ? Promise.reject(new Error("stopped")) : Promise.resolve()),
      now: () => control.clock.ms,
    });
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    await command.parseAsync([...args], { from: "user" });
  };
  return { control, secret, run, printed, shown, state, variables };
}

describe("sluice top", () => {
  // documented: top-command
  test("shows requests and tokens per second of each key, and limits of which 80 % are used", async () => {
    const { control, secret, run, printed } = await setUp();
    const limit = { metric: "concurrency", window: "now", max: 2 };
    const response = await fetch(`${control.url}/organization/limits/organization/organization`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({ limits: [limit, { metric: "nano_usd", window: "month", max: 1_000_000_000 }] }),
    });
    expect(response.status).toBe(200);
    await run(["--once"]);
    const lines = (printed[0] ?? "").split("\n").map((line) => line.trim().split(/ {2,}/));
    expect(lines).toEqual([
      ["12:00:01 UTC", "gateways 1", "requests 2", "tokens/s 40.0", "dollars/h -"],
      [""],
      ["PROJECT", "KEY", "MODEL", "REQUESTS", "TOKENS/S", "OLDEST"],
      ["proj_1", "key_aaaaaaaaaaaa", "small", "1", "30.0", "10.0 s"],
      ["proj_1", "key_bbbbbbbbbbbb", "small", "1", "10.0", "2.5 s"],
      [""],
      ["NEAR A LIMIT", "LIMIT", "USED", "MAX", "PERCENT", "RESETS"],
      ["organization", "concurrency", "2", "2", "100"],
    ]);
  });

  test("shows a budget of another time zone that is near its end, and when it begins anew there", async () => {
    const { control, secret, run, printed } = await setUp();
    const series = quotaSeries("organization:org-a:nano_usd:month:@Europe/Berlin");
    const entry = windowAt("month", "Europe/Berlin", control.clock.ms).id;
    await control.document.send(new PutCommand({ TableName: control.usageTable, Item: { series, entry, used: 900 } }));
    const response = await fetch(`${control.url}/organization/limits/organization/organization`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({
        limits: [{ metric: "nano_usd", window: "month", max: 1000, time_zone: "Europe/Berlin" }],
      }),
    });
    expect(response.status).toBe(200);
    await run(["--once"]);
    const near = (printed[0] ?? "").split("\n").at(-1)?.split(/ {2,}/);
    expect(near).toEqual([
      "organization",
      "budget/month",
      "0.0000009",
      "0.000001",
      "90",
      expect.stringMatching(/^20\d\d-\d\d-01T00:00:00\+0[12]:00$/),
    ]);
  });

  test("prints one line of JSON a second, and shows the rest where there is no admin key", async () => {
    const { run, printed, variables } = await setUp();
    delete variables.SLUICE_ADMIN_KEY;
    await expect(run(["--json"], { isTerminal: false })).rejects.toThrow("stopped");
    const views = printed.map((line) => JSON.parse(line) as object);
    expect(views).toHaveLength(3);
    expect(views[2]).toMatchObject({ requests: 2, tokensPerSecond: 40, nanoUsdPerHour: null, near: null });
  });

  test("replaces what the terminal shows, goes on while a gateway does not respond, and ends with one line", async () => {
    const { run, shown, state } = await setUp();
    await expect(run([], { most: 2 })).rejects.toThrow("stopped");
    expect(shown.map((text) => text.slice(0, 12))).toEqual(["12:00:01 UTC", "12:00:02 UTC"]);
    await expect(run([], { port: CLOSED_PORT })).rejects.toThrow(/^http:\/\/127\.0\.0\.1:\d+ can't be reached.*$/);
    state.isDown = true;
    await expect(run([])).rejects.toThrow("busy");
  });
});

describe("the cost of an hour", () => {
  test("is that of the charges of the last ten minutes, and unknown within the first minute of a day", () => {
    const rate = new ChargeRate();
    const read = (seconds: number, nanoUsd: number, day = 0) => {
      rate.add({ atMs: seconds * 1000, day, nanoUsd });
      return rate.perHour();
    };
    expect([read(0, 5), read(59, 100)]).toEqual([undefined, undefined]);
    expect(read(60, 1005)).toBe(60_000);
    expect(read(600, 1005)).toBe(6000);
    expect(read(1200, 1005)).toBe(0);
    expect(read(1260, 7, 86_400)).toBeUndefined();
  });
});
