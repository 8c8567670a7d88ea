import { describe, expect, test } from "vitest";
import { usageEvent } from "../../../domain/usage/test/usage-events.ts";
import { readUsageKey } from "../../../domain/usage/usage-keys.ts";
import { usageAdditions } from "../../../domain/usage/usage-sums.ts";
import type { StoredSums, UsageSource } from "../store/usage-source.ts";
import { type BucketsQuery, usageBuckets } from "./usage-buckets.ts";

const DAY = 86_400;
const START = Date.parse("2026-03-01T00:00:00Z") / 1000;

/** Days in which so many keys have one request each, in memory; `reads` counts the sums that were read. */
function daysOf(keysOfDay: readonly number[]) {
  const items = keysOfDay.flatMap((keys, day) => {
    const endedAt = new Date((START + day * DAY) * 1000).toISOString();
    const events = Array.from({ length: keys }, (_, key) =>
      usageEvent({ id: `${day}-${key}`, keyId: `k${key}`, endedAt }),
    );
    return usageAdditions(events).filter(({ series }) => series.startsWith("1d key "));
  });
  const reads = { sums: 0 };
  const source: UsageSource = {
    creditUse: () => Promise.resolve({ used: 0, days: new Map() }),
    read: ({ series, from, to }, most) => {
      const found = items.filter((item) => item.series === series && item.entry >= from && item.entry <= to);
      reads.sums += Math.min(found.length, most + 1);
      const stored = found.flatMap(({ sums, ...key }): StoredSums[] => {
        const parts = readUsageKey(key);
        return parts === undefined ? [] : [{ ...parts, sums }];
      });
      return Promise.resolve(found.length > most ? undefined : stored);
    },
  };
  return { source, reads };
}

const query = (days: number, fields: Partial<BucketsQuery> = {}): BucketsQuery => ({
  width: "1d",
  start: START,
  end: START + days * DAY,
  limit: days,
  groupBy: ["keyId"],
  filters: { kind: ["completions"] },
  ...fields,
});

/** The numbers of groups of each bucket, page by page. */
async function pagesOf(source: UsageSource, days: number, fields: Partial<BucketsQuery> = {}) {
  const pages: number[][] = [];
  let start: number | undefined = START;
  while (start !== undefined) {
    const { buckets, next } = await usageBuckets(source, query(days, { ...fields, start }));
    expect(buckets.map((bucket) => bucket.start)).toEqual(buckets.map((_, index) => Number(start) + index * DAY));
    pages.push(buckets.map(({ groups }) => groups.length));
    start = next;
  }
  return pages;
}

describe("pages of usage", () => {
  // documented: usage-pages
  test("end before the bucket with which they would have too many results, and go on there", async () => {
    const { source } = daysOf([1000, 1000, 1000, 0, 2500, 1, 3]);
    expect(await pagesOf(source, 7)).toEqual([[1000, 1000], [1000, 0], [2500], [1, 3]]);
  });

  test("that are summed from too many sums end early too, and read no more than a few times as many", async () => {
    const { source, reads } = daysOf(Array.from({ length: 6 }, () => 4000));
    const sums = await pagesOf(source, 6, {
      groupBy: [],
      filters: { keyId: Array.from({ length: 300 }, (_, key) => `k${key}`) },
    });
    expect(sums.flat()).toEqual(Array.from({ length: 6 }, () => 1));
    expect(sums.length).toBeGreaterThan(1);
    expect(reads.sums).toBeLessThan(5 * 6 * 4000);
  });

  test("are refused with the filters that help where one bucket is too large, and read these values alone", async () => {
    const { source, reads } = daysOf([2501]);
    await expect(usageBuckets(source, query(1))).rejects.toThrow(/more than 2500 results.*Filter by project_ids/);
    reads.sums = 0;
    const { buckets } = await usageBuckets(source, query(1, { filters: { kind: ["completions"], keyId: ["k7"] } }));
    expect(buckets.map(({ groups }) => groups.map(({ values }) => values.keyId))).toEqual([["k7"]]);
    expect(reads.sums).toBe(1);
  });

  test("of many values have fewer buckets, so that no request makes more queries than its time has room for", async () => {
    const { source } = daysOf([3, 3, 3, 3]);
    const keyId = Array.from({ length: 100 }, (_, key) => `k${key}`);
    expect(await pagesOf(source, 4, { filters: { kind: ["completions"], keyId } })).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });
});
