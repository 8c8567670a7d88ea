import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { expect, test } from "vitest";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { segmentKey, segmentName } from "../../domain/usage/segment-names.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { moneyLedger } from "../../local/test/money-ledger.ts";
import { adjustmentsCommand } from "./adjustments-command.ts";
import { ledgerTools } from "./test/ledger-commands.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const START = 1_790_000_000 - (1_790_000_000 % DAY) - 20 * DAY;

interface Page {
  readonly data: readonly { readonly request_id: string; readonly number: number; readonly reason: string }[];
  readonly has_more: boolean;
  readonly next: string | null;
}

/** Adjustments of requests in three hours, of which the last is more than a page's 168 hours after the first. */
async function started() {
  const nowMs = () => (START + 15 * DAY) * 1000;
  const { server } = await moneyLedger(nowMs, { chargeNanoUsd: "m" });
  const secret = await server.owner("org-a");
  const ended = [START, START, START + HOUR, START + 10 * DAY];
  const events = ended.map((seconds, index) =>
    usageEvent({ id: `req_${index}`, endedAt: new Date((seconds + 10 * index) * 1000).toISOString() }),
  );
  for (const [index, event] of events.entries()) {
    const segment = segmentName((ended[index] ?? 0) * 1000, "test", index);
    await server.usageFiles.write(segmentKey(segment), gzipSync(`${JSON.stringify(event)}\n`));
  }
  const amend = async ({ id, endedAt }: UsageEvent, charge: number) => {
    const made = await server.post("/organization/usage/adjustments", secret, {
      request_id: id,
      ended_at: Math.floor(Date.parse(endedAt) / 1000),
      reason: `cut by ${charge}`,
      reduce_by: { charge_nano_usd: charge },
    });
    expect(made.status).toBe(200);
  };
  for (const event of events) await amend(event, 100);
  await amend(events[0] as UsageEvent, 200);
  const list = async (query: Readonly<Record<string, string | number>>, key = secret) => {
    const text = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${server.url}/organization/usage/adjustments?${text}`, { headers });
    return { status: response.status, body: (await response.json()) as Page };
  };
  return { server, secret, nowMs, list };
}

test("adjustments are listed once each by hour, request and number, in pages of any size, by whoever may read usage of the operator's organisation", async () => {
  const { server, list } = await started();
  const all = ["req_0 1", "req_0 2", "req_1 1", "req_2 1", "req_3 1"];
  for (const limit of [1, 2, 3, 100]) {
    const found: string[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const { status, body }: { status: number; body: Page } = await list({
        start_time: START + 5,
        limit,
        ...(next === "" ? {} : { after: next }),
      });
      expect([status, body.has_more]).toEqual([200, body.next !== null]);
      expect(body.data.length).toBeLessThanOrEqual(limit);
      found.push(...body.data.map(({ request_id, number }) => `${request_id} ${number}`));
      next = body.next;
    }
    expect(found).toEqual(all);
  }
  const { body } = await list({ start_time: START + HOUR, end_time: START + HOUR });
  expect(body).toMatchObject({
    data: [
      {
        object: "organization.usage.adjustment",
        request_id: "req_2",
        ended_at: START + HOUR + 20,
        reason: "cut by 100",
        reduced_by: { charge_nano_usd: 100, output_tokens: 0 },
      },
    ],
    has_more: false,
    next: null,
  });
  const foreign = await list({ start_time: START }, await server.owner("org-b"));
  expect([foreign.status, JSON.stringify(foreign.body)]).toEqual([400, expect.stringContaining("operator")]);
});

test("a cursor of another list, a time before the first and a limit above 100 are refused with the field", async () => {
  const { list } = await started();
  const refused = async (query: Readonly<Record<string, string | number>>) => JSON.stringify((await list(query)).body);
  const other = Buffer.from(`${START - DAY} req_0 000001`).toString("base64url");
  expect(await refused({ start_time: START, after: other })).toMatch(/after must be the `next` of a page/);
  expect(await refused({ start_time: START, after: "nothing" })).toMatch(/after must be the `next` of a page/);
  expect(await refused({ start_time: START, after: "a b" })).toMatch(/`after` must be the `next` of the page before/);
  expect(await refused({ start_time: START, end_time: START - 1 })).toMatch(/`end_time` must not be before start_time/);
  expect(await refused({ start_time: START, limit: 101 })).toMatch(/limit/);
});

test("the command shows who took back what and why, page by page", async () => {
  const ledger = await started();
  const { printed, tools } = ledgerTools(ledger);
  const run = (...args: readonly string[]) =>
    new Command()
      .exitOverride()
      .addCommand(adjustmentsCommand(tools))
      .parseAsync(["adjustments", ...args], { from: "user" });
  const from = new Date(START * 1000).toISOString().slice(0, 10);
  await run("--from", from);
  const [head = "", ...rows] = printed.join("\n").split("\n");
  expect(head).toMatch(/^ENDED +REQUEST +NUMBER +PROJECT .* REASON$/);
  expect(rows.map((row) => row.split(/ {2,}/)[1])).toEqual(["req_0", "req_0", "req_1", "req_2", "req_3"]);
  expect(rows[1]).toMatch(/0\.0000002 .*cut by 200$/);
  printed.length = 0;
  await run();
  expect(printed).toEqual([expect.stringMatching(/req_3/)]);
  printed.length = 0;
  await run("--from", from, "--to", from).catch((error: Error) => printed.push(error.message));
  expect(printed).toEqual([expect.stringMatching(/^--to must be after --from/)]);
});

test("the adjustments of all times are one page where few days have usage", async () => {
  const { list } = await started();
  const { status, body } = await list({ start_time: 0, limit: 100 });
  expect([status, body.data.map(({ request_id }) => request_id), body.next]).toEqual([
    200,
    ["req_0", "req_0", "req_1", "req_2", "req_3"],
    null,
  ]);
});

test("adjustments end with the present hour, however late the end_time is", async () => {
  const { list } = await started();
  const { status, body } = await list({ start_time: START + 14 * DAY, end_time: 9_999_999_999 });
  expect([status, body]).toEqual([200, { object: "list", data: [], has_more: false, next: null }]);
});
