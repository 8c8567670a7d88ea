import { expect, test } from "vitest";
import { LatencyAverage } from "./latency-average.ts";

test("follows the last values, not a single one", () => {
  const average = new LatencyAverage();
  expect(average.last).toBeUndefined();
  average.observe(100, 0);
  expect(average.last).toBe(100);
  average.observe(600, 0);
  expect(average.last).toBe(200);
  for (let index = 0; index < 30; index++) average.observe(600, 0);
  expect(average.last).toBeCloseTo(600, 0);
});

test("the estimate shrinks without new values, so that a slow target gets another chance", () => {
  const average = new LatencyAverage();
  expect(average.guess(0)).toBe(0);
  average.observe(800, 0);
  expect(average.guess(0)).toBe(800);
  expect(average.guess(30_000)).toBe(400);
  expect(average.last).toBe(800);
});
