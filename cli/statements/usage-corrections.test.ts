import { gunzipSync, gzipSync } from "node:zlib";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { ADJUSTABLE, type UsageAdjustment } from "../../contracts/usage/corrections.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { segmentKey, segmentName } from "../../domain/usage/segment-names.ts";
import { seededNumbers, usageEvent } from "../../domain/usage/test/usage-events.ts";
import { moneyLedger } from "../../local/test/money-ledger.ts";
import { amendCommand } from "./amend-command.ts";
import { exportedNanoUsd, ledgerTools } from "./test/ledger-commands.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Two days before the clock of the control server. */
const START = 1_790_000_000 - (1_790_000_000 % DAY) - DAY;
const METERS = { chargeNanoUsd: "sluice_charge_nano_usd", outputTokens: "sluice_output_tokens" };
/** A longer run: SLUICE_KILLS=200. */
const ROUNDS = Number(process.env.SLUICE_KILLS ?? 40);
/** Of another seed: SLUICE_SEED=2. */
const SEED = Number(process.env.SLUICE_SEED ?? 5);

interface Recount {
  readonly num_differences: number;
  readonly num_corrected: number;
  readonly repeated_events: number;
  readonly missing_charge_nano_usd: number;
  readonly differences: readonly unknown[];
}

async function started() {
  const nowMs = () => (START + 30 * HOUR) * 1000;
  const money = await moneyLedger(nowMs, METERS);
  const { server } = money;
  const secret = await server.owner("org-a");
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const { id: project } = await server.sdk(secret).projects.create({ name: "project" });
  const customer = `${server.url}/organization/projects/${project}/billing_customer`;
  const body = JSON.stringify({ customer_id: "cus_A1", from: START });
  expect((await fetch(customer, { method: "POST", headers, body })).status).toBe(200);
  const post = async (path: string, sent: unknown) => {
    const response = await server.post(`/organization/usage/${path}`, secret, sent);
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const recount = async (start: number, width: "1h" | "1d", apply: boolean) => {
    const { status, body: found } = await post("recounts", { start_time: start, width, apply });
    expect([status, found]).toEqual([200, expect.anything()]);
    return found as unknown as Recount;
  };
  const backfill = (segment: string, events: readonly UsageEvent[], apply = true) =>
    post("backfills", { segment, content: contentOf(events), apply });
  const amend = (event: UsageEvent, reduced?: Readonly<Record<string, number>>) =>
    post("adjustments", {
      request_id: event.id,
      ended_at: secondsOf(event),
      reason: "test",
      ...(reduced === undefined ? {} : { reduce_by: reduced }),
    });
  const ship = (segment: string, events: readonly UsageEvent[]) =>
    server.usageFiles.write(segmentKey(segment), gzipSync(textOf(events)));
  const charged = async () => {
    const costs = await server.sdk(secret).usage.costs({ start_time: START, end_time: START + DAY });
    const amounts = costs.data
      .flatMap(({ results }) => results)
      .map((result) => ("amount" in result ? Number(result.amount?.value ?? 0) : 0));
    return amounts.reduce((sum, value) => sum + Math.round(value * 1e9), 0);
  };
  return { ...money, nowMs, secret, project, post, recount, backfill, amend, ship, charged };
}

const textOf = (events: readonly UsageEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const contentOf = (events: readonly UsageEvent[]) => gzipSync(textOf(events)).toString("base64");
const secondsOf = ({ endedAt }: UsageEvent) => Math.floor(Date.parse(endedAt) / 1000);
const at = (seconds: number) => new Date(seconds * 1000).toISOString();

// documented: usage-corrections
test("events less adjustments are the sums, costs API, CSV and Stripe after any order of counting, amending, backfilling, recounting and kills", async () => {
  const { server, stripe, report, killedAfter, nowMs, secret, project, recount, backfill, amend, ship, charged } =
    await started();
  const below = seededNumbers(SEED);
  const events: UsageEvent[] = Array.from({ length: 40 }, (_, index) => {
    const inputChargeNanoUsd = 1 + below(900_000_000);
    return usageEvent({
      id: `req_${index}`,
      projectId: project,
      endedAt: at(START + Math.floor(index / 10) * HOUR + below(HOUR)),
      keyId: `key${below(4)}`,
      inputChargeNanoUsd,
      chargeNanoUsd: inputChargeNanoUsd + below(2 ** 31),
      outputTokens: 2 + below(5000),
    });
  });
  const segments = Array.from({ length: 8 }, (_, index) => ({
    name: segmentName((START + Math.floor(index / 2) * HOUR) * 1000, "test", index),
    events: events.slice(index * 5, index * 5 + 5),
  }));
  const adjustments: UsageAdjustment[] = [];
  const one = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const withClient = async (client: DynamoDBDocumentClient, work: () => Promise<unknown>) => {
    server.tools.ledger = server.ledgerOf(nowMs, client);
    await work().catch(() => undefined);
    server.tools.ledger = server.ledgerOf(nowMs);
  };
  const actions: readonly (() => Promise<unknown>)[] = [
    async () => {
      const segment = one(segments);
      await ship(segment.name, segment.events);
    },
    async () => {
      const segment = one(segments);
      await backfill(segment.name, segment.events);
    },
    // An archive has events of several segments under another name.
    async () => {
      const hour = below(4);
      const some = events.slice(hour * 10, hour * 10 + 10).filter(() => below(2) === 0);
      if (some.length > 0) await backfill(segmentName((START + hour * HOUR) * 1000, `archive${below(1000)}`, 0), some);
    },
    async () => {
      const event = one(events);
      const parts = { charge_nano_usd: 1 + below(event.chargeNanoUsd), output_tokens: below(event.outputTokens) };
      const { status, body } = await amend(event, below(4) === 0 ? undefined : parts);
      if (status === 200) adjustments.push(body as unknown as UsageAdjustment);
      else expect([400, 404]).toContain(status);
    },
    async () => {
      const hour = START + below(5) * HOUR;
      await withClient(killedAfter(below(40), below(2) === 0), () => recount(hour, "1h", true));
    },
    async () => void (await recount(START + below(5) * HOUR, "1h", below(2) === 0)),
    async () => void (await recount(START, "1d", true)),
    async () => {
      stripe.state.fault = one(["none", "lost-response", "down"] as const);
      await report(killedAfter(below(25), below(2) === 0)).catch(() => undefined);
      stripe.state.fault = "none";
    },
  ];
  for (let round = 0; round < ROUNDS; round++) await one(actions)();
  for (const segment of segments) await ship(segment.name, segment.events);
  for (let hour = 0; hour < 5; hour++) await recount(START + hour * HOUR, "1h", true);
  await recount(START, "1d", true);
  for (let hour = 0; hour < 5; hour++)
    expect(await recount(START + hour * HOUR, "1h", false)).toMatchObject({ num_differences: 0 });
  expect(await recount(START, "1d", false)).toMatchObject({ num_differences: 0 });
  await report(server.document);
  expect(await report(server.document)).toEqual({ sent: 0, errors: [] });

  const total = (name: keyof typeof ADJUSTABLE) =>
    events.reduce((sum, event) => sum + event[ADJUSTABLE[name]], 0) -
    adjustments.reduce((sum, { reduced_by: by }) => sum + by[name], 0);
  expect(adjustments.length).toBeGreaterThan(0);
  expect(await charged()).toBe(total("charge_nano_usd"));
  const reported = (eventName: string) =>
    stripe.taken.filter((taken) => taken.eventName === eventName).reduce((sum, { value }) => sum + value, 0);
  expect(reported("sluice_charge_nano_usd")).toBe(total("charge_nano_usd"));
  expect(reported("sluice_output_tokens")).toBe(total("output_tokens"));
  expect(await exportedNanoUsd({ server, secret, nowMs })).toBe(total("charge_nano_usd"));
}, 600_000);

describe("an adjustment", () => {
  const event = usageEvent({ id: "req_a", endedAt: at(START + 60) });
  const segment = segmentName(START * 1000, "test", 0);

  test("never takes back more than the request has, however many are sent at once, and is in the audit log with its reason", async () => {
    const { server, secret, amend, backfill, charged, recount } = await started();
    await backfill(segment, [event]);
    await recount(START, "1h", true);
    await recount(START, "1d", true);
    expect(await charged()).toBe(2000);
    const sent = await Promise.all(Array.from({ length: 6 }, () => amend(event, { charge_nano_usd: 600 })));
    const taken = sent.filter(({ status }) => status === 200);
    // 500 of the 2000 are for the prompt, and are a part of what is left.
    expect(taken).toHaveLength(2);
    for (const { status, body } of sent.filter((one) => one.status !== 200))
      expect([status, JSON.stringify(body)]).toEqual([
        expect.toSatisfy((code: number) => code === 400 || code === 429),
        expect.stringMatching(/would be left of charge_nano_usd|at the same time/),
      ]);
    expect(await charged()).toBe(800);
    const logs = await server.sdk(secret).auditLogs.list({ event_types: ["usage.adjusted" as never] });
    expect(logs.data).toHaveLength(2);
    expect(logs.data[0]).toMatchObject({ "usage.adjusted": { id: "req_a", reason: "test" } });
  });

  test("takes back all that is left, leaves the event as it is, and can't be made twice", async () => {
    const { server, amend, backfill, recount, charged } = await started();
    await backfill(segment, [event]);
    expect(await amend(event, { output_tokens: 3, reasoning_tokens: 2 })).toMatchObject({
      status: 200,
      body: { number: 1, left: { output_tokens: 4, reasoning_tokens: 0, charge_nano_usd: 2000 } },
    });
    expect(await amend(event)).toMatchObject({
      status: 200,
      body: { number: 2, reduced_by: { output_tokens: 4, charge_nano_usd: 2000 }, left: { charge_nano_usd: 0 } },
    });
    expect(await amend(event)).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("Nothing is left") } },
    });
    await recount(START, "1h", true);
    await recount(START, "1d", true);
    expect(await charged()).toBe(0);
    const text = gunzipSync(await server.usageFiles.read(segmentKey(segment))).toString();
    expect(JSON.parse(text)).toEqual(event);
  });

  test("is refused for a request that is not in the files, for another organisation, and for a time whose files are deleted", async () => {
    const { server, amend, post } = await started();
    expect(await amend(event)).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining("req_a") } },
    });
    const other = await server.owner("org-b");
    const body = { request_id: "req_a", ended_at: START, reason: "x" };
    const foreign = await server.post("/organization/usage/adjustments", other, body);
    expect([foreign.status, await foreign.text()]).toEqual([400, expect.stringContaining("operator")]);
    expect(await post("adjustments", { ...body, ended_at: START - 500 * DAY })).toMatchObject({
      status: 400,
      body: { error: { param: "ended_at", message: expect.stringContaining("400 days") } },
    });
  });

  test("by the command takes dollars and tokens, and says what is left", async () => {
    const { server, secret, backfill, nowMs } = await started();
    await backfill(segment, [event]);
    const { printed, tools } = ledgerTools({ server, secret, nowMs });
    const command = () => new Command().exitOverride().addCommand(amendCommand(tools));
    const args = ["amend", "req_a", "--at", event.endedAt, "--reason", "test", "--output-usd", "0.000001"];
    await command().parseAsync(args, { from: "user" });
    expect(printed).toEqual([
      "$0.000001, 0 input and 0 output tokens are taken back of req_a (adjustment 1); $0.000001, 10 and 7 are left of it.",
    ]);
    await expect(command().parseAsync([...args, "--input-tokens", "x"], { from: "user" })).rejects.toThrow(
      "--input-tokens must be a whole number, got x.",
    );
  });
});

describe("a recount", () => {
  test("shows sums that are wrong, changes nothing without apply, and corrects each sum once with an audit event", async () => {
    const { server, secret, recount, ship, count, charged } = await started();
    const segment = segmentName(START * 1000, "test", 0);
    const event = usageEvent({ id: "req_a", endedAt: at(START + 60) });
    await ship(segment, [event]);
    // Counted under another name as well, as after a restored table.
    await count("ghost", [event]);
    const found = await recount(START, "1h", false);
    expect(found).toMatchObject({ num_corrected: 0, missing_charge_nano_usd: -2000 });
    expect(found.differences[0]).toMatchObject({ missing: { requests: -1, chargeNanoUsd: -2000 } });
    expect(await charged()).toBe(4000);
    const corrected = await recount(START, "1h", true);
    expect(corrected.num_corrected).toBe(found.num_differences);
    await recount(START, "1d", true);
    expect(await charged()).toBe(2000);
    expect(await recount(START, "1h", true)).toMatchObject({ num_differences: 0, num_corrected: 0 });
    const logs = await server.sdk(secret).auditLogs.list({ event_types: ["usage.recounted" as never] });
    expect(logs.data).toHaveLength(2);
  });

  test("counts a request once that two files have", async () => {
    const { recount, ship, charged } = await started();
    const event = usageEvent({ id: "req_a", endedAt: at(START + 60) });
    for (const number of [0, 1]) await ship(segmentName(START * 1000, "test", number), [event]);
    expect(await recount(START, "1h", true)).toMatchObject({ repeated_events: 1, missing_charge_nano_usd: -2000 });
    await recount(START, "1d", true);
    expect(await charged()).toBe(2000);
  });

  test("refuses a time that is no beginning of an hour, that is not over, or whose sums are deleted", async () => {
    const { post } = await started();
    const refused = async (start_time: number, width = "1h") =>
      (await post("recounts", { start_time, width })).body as { error?: { message?: string } };
    expect((await refused(START + 1)).error?.message).toContain("must be the beginning of an hour");
    expect((await refused(START + DAY, "1d")).error?.message).toContain("the day is not over");
    expect((await refused(START - 120 * DAY)).error?.message).toContain("last 99 days");
  });
});

describe("a backfill", () => {
  test("stores events that are new once, whatever the name of their segment, and shows first what it would store", async () => {
    const { backfill } = await started();
    const events = [1, 2, 3].map((id) => usageEvent({ id: `req_${id}`, endedAt: at(START + id) }));
    const name = (number: number) => segmentName(START * 1000, "test", number);
    expect(await backfill(name(0), events.slice(0, 2), false)).toMatchObject({ body: { events: 2, is_stored: false } });
    expect(await backfill(name(0), events.slice(0, 2))).toMatchObject({ body: { events: 2, is_stored: true } });
    expect(await backfill(name(0), events.slice(0, 2))).toMatchObject({ body: { events: 0, repeated_events: 2 } });
    expect(await backfill(name(1), events)).toMatchObject({ body: { events: 1, repeated_events: 2, is_stored: true } });
  });

  test("is refused where content is no gzip, or an event is of another hour than its segment", async () => {
    const { post, backfill } = await started();
    const segment = segmentName(START * 1000, "test", 0);
    expect(await post("backfills", { segment, content: "aGk=", apply: true })).toMatchObject({
      status: 400,
      body: { error: { param: "content" } },
    });
    expect(await backfill(segment, [usageEvent({ endedAt: at(START + 3 * HOUR) })])).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("hour of its name") } },
    });
  });
});
