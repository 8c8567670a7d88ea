import { describe, expect, test } from "vitest";
import { usageEvent } from "../../../domain/usage/test/usage-events.ts";
import type { UsageSource } from "../store/usage-source.ts";
import type { BucketsQuery } from "./buckets-query.ts";
import { dailySums, storedUsage } from "./test/stored-usage.ts";
import { usageBuckets } from "./usage-buckets.ts";

const DAY = 86_400;
const START = Date.parse("2026-03-01T00:00:00Z") / 1000;

/** Days in which so many keys have one request each, in memory; `reads` counts the sums that were read. */
function daysOf(keysOfDay: readonly number[]) {
  const items = keysOfDay.flatMap((keys, day) => {
    const endedAt = new Date((START + day * DAY) * 1000).toISOString();
    const events = Array.from({ length: keys }, (_, key) =>
      usageEvent({ id: `${day}-${key}`, keyId: `k${key}`, endedAt }),
    );
    return dailySums(events);
  });
  return storedUsage(items);
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

  test("count each result of a group, so that two line items of a model leave room for half as many groups", async () => {
    const { source } = daysOf([1000, 200, 100, 1250]);
    expect(await pagesOf(source, 4, { resultsPerGroup: 2 })).toEqual([[1000], [200, 100], [1250]]);
    await expect(usageBuckets(daysOf([1251]).source, query(1, { resultsPerGroup: 2 }))).rejects.toThrow(/2500 results/);
  });

  test("count a value of a filter once that is sent twice", async () => {
    const { source } = daysOf([3]);
    const filters = { kind: ["completions"], keyId: ["k1", "k2", "k1"] };
    const { buckets } = await usageBuckets(source, query(1, { filters, groupBy: [] }));
    expect(buckets.map(({ groups }) => groups.map(({ sums }) => sums.requests))).toEqual([[2]]);
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

  test("with many results are read from hardly more sums than they show", async () => {
    const { source, reads } = daysOf(Array.from({ length: 12 }, () => 1000));
    const { buckets } = await usageBuckets(source, query(12));
    expect([buckets.length, reads.sums]).toEqual([2, 2000]);
    const { buckets: small } = await usageBuckets(daysOf(Array.from({ length: 40 }, () => 2)).source, query(40));
    expect(small).toHaveLength(40);
  });

  test("of embeddings are not searched in the sums of days that have completions alone", async () => {
    const { source, reads } = daysOf([1000, 1000, 1000]);
    const embeddings = { filters: { kind: ["embeddings"] } };
    const { buckets, next } = await usageBuckets(source, query(3, embeddings));
    expect([buckets.map(({ groups }) => groups.length), next, reads.sums]).toEqual([[0, 0, 0], undefined, 3]);
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
