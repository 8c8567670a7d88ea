import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentile, percentileOfCounts, percentiles } from "./percentile.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("a percentile", () => {
  test("is the value of the nearest rank, in whatever order the values come", () => {
    expect(percentile(upTo(100), 0.99)).toBe(99);
    expect(percentile(upTo(20).reverse(), 0.95)).toBe(19);
    expect(percentile([5, 1, 3], 0.5)).toBe(3);
    expect(percentile([4, 1], 0.5)).toBe(1);
    expect(percentile([10, 9, 100], 1)).toBe(100);
    expect(percentile([10, 9, 100], 0)).toBe(9);
  });

  test("of no values is no number", () => {
    expect(percentile([], 0.5)).toBeNaN();
  });

  test("is a value that at least its share doesn't exceed, and the smallest such value", () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });
    void fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const found = percentile(all, percent / 100);
        const upToFound = all.filter((value) => value <= found).length;
        const below = all.filter((value) => value < found).length;
        expect(all).toContain(found);
        expect(upToFound * 100).toBeGreaterThanOrEqual(percent * all.length);
        expect(below * 100).toBeLessThan(percent * all.length);
      }),
    );
  });

  test("leaves the values in their order", () => {
    const values = [3, 1, 2];
    percentiles(values, 0);
    expect(values).toEqual([3, 1, 2]);
  });
});

test("the three usual percentiles are rounded to the requested digits", () => {
  const values = upTo(200).map((value) => value / 3);
  expect(percentiles(values, 2)).toEqual({ p50: 33.33, p95: 63.33, p99: 66 });
});

test("the percentile of counted values is that of the values themselves", () => {
  const values = Array.from({ length: 137 }, (_, index) => (index * 7) % 20);
  const counts = [...new Set(values)]
    .toSorted((a, b) => a - b)
    .map((value) => [value, values.filter((each) => each === value).length] as const);
  for (const share of [0, 0.01, 0.5, 0.95, 0.99, 1])
    expect(percentileOfCounts(counts, share), String(share)).toBe(percentile(values, share));
  expect(percentileOfCounts([[19, 19]], 0.95)).toBe(19);
  expect(percentileOfCounts([], 0.5)).toBeNaN();
});
