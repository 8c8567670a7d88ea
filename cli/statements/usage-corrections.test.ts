import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { ADJUSTABLE, type UsageAdjustment } from "../../contracts/usage/corrections.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { segmentName } from "../../domain/usage/segment-names.ts";
import { seededNumbers, usageEvent } from "../../domain/usage/test/usage-events.ts";
import { at, correctedLedger, HOUR, START } from "./test/corrected-ledger.ts";
import { exportedNanoUsd } from "./test/ledger-commands.ts";

/** A longer run: SLUICE_KILLS=200. */
const ROUNDS = Number(process.env.SLUICE_KILLS ?? 40);
/** Of another seed: SLUICE_SEED=2. */
const SEED = Number(process.env.SLUICE_SEED ?? 5);

// documented: usage-corrections
test("events less adjustments are the sums, costs API, CSV and Stripe after any order of counting, amending, backfilling, recounting and kills", async () => {
  const { server, stripe, report, killedAfter, nowMs, secret, project, recount, backfill, amend, ship, charged } =
    await correctedLedger();
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
