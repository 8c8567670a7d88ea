import { expect, test } from "vitest";
import { Distribution } from "./distribution.ts";

function percentile(distribution: Distribution, percent: number, total: number): number {
  let seen = 0;
  for (const { value, count } of distribution.bins()) {
    seen += count;
    if (seen >= (percent / 100) * total) return value;
  }
  return Number.NaN;
}

test("percentiles are within 5 % of the real ones, and the sum is exact", () => {
  const distribution = new Distribution();
  const values = Array.from({ length: 5000 }, (_, index) => 3 * 1.0017 ** index);
  for (const value of values.toReversed()) distribution.add(value);
  for (const percent of [50, 95, 99]) {
    const real = values[Math.ceil((percent / 100) * values.length) - 1]!;
    expect(Math.abs(percentile(distribution, percent, values.length) / real - 1)).toBeLessThan(0.05);
  }
  const sum = distribution.bins().reduce((so, { value, count }) => so + value * count, 0);
  expect(sum).toBeCloseTo(
    values.reduce((so, value) => so + value, 0),
    3,
  );
});

test("a million values over every magnitude take at most 360 bins", () => {
  const distribution = new Distribution();
  for (let index = 0; index < 1_000_000; index++) distribution.add(10 ** ((index % 1300) / 100 - 4));
  expect(distribution.bins().length).toBeLessThanOrEqual(360);
});
