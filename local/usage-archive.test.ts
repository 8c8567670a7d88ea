import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { USAGE_COLUMNS } from "../contracts/usage/usage-columns.ts";
import {
  USAGE_PARQUET_PREFIX,
  USAGE_SEGMENTS_PREFIX,
  type USAGE_SUMS,
  type UsageSums,
} from "../contracts/usage/usage-counter.ts";
import type { UsageEvent } from "../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "../domain/usage/test/usage-events.ts";
import { readUsageKey } from "../domain/usage/usage-keys.ts";
import { archiveUsage } from "../lambdas/archive-usage/archive-usage.ts";
import { notification, startUsageLedger } from "./test/usage-ledger.ts";

const NOW = Date.parse("2026-11-29T12:34:56Z");
type Ledger = Awaited<ReturnType<typeof startUsageLedger>>;

const segmentKey = (hour: string, name: string) =>
  `${USAGE_SEGMENTS_PREFIX}date=2026-11-29/hour=${hour}/${name}.ndjson.gz`;
const archive = ({ files }: Ledger, { now = () => NOW, days = 1 } = {}) => archiveUsage({ days }, { files, now });

/** The events in all files of Parquet, as they were before. */
async function archived({ files }: Ledger): Promise<readonly UsageEvent[]> {
  const events: UsageEvent[] = [];
  for (const { key } of await files.under(USAGE_PARQUET_PREFIX)) {
    const bytes = await files.read(key);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    for (const row of await parquetReadObjects({ file })) events.push(eventOf(row));
  }
  return byId(events);
}

function eventOf(row: Readonly<Record<string, unknown>>): UsageEvent {
  const cells = USAGE_COLUMNS.flatMap(({ name, field }) => {
    const cell = row[name];
    if (cell === null || cell === undefined) return [];
    if (cell instanceof Date) return [[field, cell.toISOString()]];
    return [[field, typeof cell === "bigint" ? Number(cell) : cell]];
  });
  return Object.fromEntries(cells) as UsageEvent;
}

const byId = (events: readonly UsageEvent[]) => events.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Events of an hour, different in every field, some without a project or a first token. */
function randomEvents(count: number, hour: string, seed: number): readonly UsageEvent[] {
  const next = seededNumbers(seed);
  return Array.from({ length: count }, (_, n) => {
    const { userId, ...event } = usageEvent({
      id: `req_${hour}_${seed}_${n}`,
      endedAt: `2026-11-29T${hour}:${String(next(60)).padStart(2, "0")}:00.${String(next(1000)).padStart(3, "0")}Z`,
      model: ["small", "large", "größer"][next(3)]!,
      projectId: `proj_${next(4)}`,
      status: [200, 200, 200, 499, 500][next(5)]!,
      isStream: next(2) === 0,
      inputTokens: next(200_000),
      outputTokens: next(8000),
      durationMs: next(60_000) / 7,
      costNanoUsd: next(2 ** 31) * 1000,
      chargeNanoUsd: next(2 ** 31) * 1000,
      inputChargeNanoUsd: next(2 ** 31),
    });
    return {
      ...event,
      ...(next(2) === 0 ? { userId } : {}),
      ...(next(2) === 0 ? { firstTokenMs: next(9000) / 3 } : {}),
    };
  });
}

const sumsOf = (events: readonly UsageEvent[]) => ({
  requests: events.length,
  chargeNanoUsd: events.reduce((sum, { chargeNanoUsd }) => sum + chargeNanoUsd, 0),
  outputTokens: events.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
});

// documented: usage-parquet
test("the files of Parquet have each event once with all of its fields, and sum up to the table's sums to the nano-dollar", async () => {
  const ledger = await startUsageLedger();
  const all: UsageEvent[] = [];
  for (const hour of ["08", "09"])
    for (const seed of [1, 2]) {
      const events = randomEvents(40, hour, seed);
      all.push(...events);
      await ledger.write(segmentKey(hour, `segment-${hour}-${seed}`), events);
    }
  await ledger.count(notification(...ledger.created));
  expect(await archive(ledger)).toEqual({ written: 2, events: all.length, errors: [] });
  expect(await archived(ledger)).toEqual(byId(all));

  const days = (await ledger.stored()).filter((item) => {
    const key = readUsageKey(item);
    return key?.width === "1d" && key.grouping === "total";
  });
  const sums = (name: (typeof USAGE_SUMS)[number]) =>
    days.reduce((sum, item) => sum + (item.sums as UsageSums)[name], 0);
  const expected = sumsOf(await archived(ledger));
  expect({
    requests: sums("requests"),
    chargeNanoUsd: sums("chargeNanoUsd"),
    outputTokens: sums("outputTokens"),
  }).toEqual(expected);
});

test("a segment that comes after its hour was written is in the files after the next run, and no event twice", async () => {
  const ledger = await startUsageLedger();
  const early = randomEvents(30, "09", 1);
  await ledger.write(segmentKey("09", "early"), early);
  await archive(ledger);
  const late = randomEvents(20, "09", 2);
  await ledger.write(segmentKey("09", "late"), late);
  expect(await archive(ledger)).toMatchObject({ events: 50, errors: [] });
  expect(await archived(ledger)).toEqual(byId([...early, ...late]));
  expect(await ledger.files.under(USAGE_PARQUET_PREFIX)).toHaveLength(1);
});

test("the hour that is not over for ten minutes stays out", async () => {
  const ledger = await startUsageLedger();
  await ledger.write(segmentKey("11", "over"), randomEvents(3, "11", 1));
  await ledger.write(segmentKey("12", "now"), randomEvents(3, "12", 1));
  expect(await archive(ledger, { now: () => Date.parse("2026-11-29T12:09:59Z") })).toMatchObject({ written: 0 });
  expect(await archive(ledger)).toMatchObject({ written: 1, events: 3 });
});

test("a segment that can't be read leaves its hour out, is named, and keeps no other hour back", async () => {
  const ledger = await startUsageLedger();
  await ledger.write(segmentKey("08", "good"), randomEvents(3, "08", 1));
  await ledger.files.write(segmentKey("09", "broken"), Buffer.from("no gzip"));
  await ledger.write(segmentKey("10", "good"), randomEvents(4, "10", 1));
  const { written, events, errors } = await archive(ledger);
  expect({ written, events }).toEqual({ written: 2, events: 7 });
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^usage\/parquet\/day=2026-11-29\/hour=09\/events-1-of-1\.parquet was not written: /),
  ]);
});

test("a run without time left says what it leaves out, and the next one writes it", async () => {
  const ledger = await startUsageLedger();
  for (const hour of ["08", "09"]) await ledger.write(segmentKey(hour, "one"), randomEvents(2, hour, 1));
  let at = NOW;
  const slow = () => (at += 200_000);
  const first = await archive(ledger, { now: slow });
  expect(first).toMatchObject({ written: 1, errors: [{ message: expect.stringContaining("hour=09") }] });
  expect(await archive(ledger)).toMatchObject({ errors: [] });
  expect(await archived(ledger)).toHaveLength(4);
});
