import { expect, test } from "vitest";
import { completionCostUsd, monthOf } from "./target-cost.ts";

test("prompt and completion have separate prices", () => {
  const price = { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 };
  expect(completionCostUsd(price, 1_000_000, 0)).toBe(2.5);
  expect(completionCostUsd(price, 400, 100)).toBeCloseTo(0.002);
});

test("a month begins at midnight UTC", () => {
  expect(monthOf(Date.parse("2026-11-30T23:59:59Z"))).toBe("2026-11");
  expect(monthOf(Date.parse("2026-12-01T00:00:00Z"))).toBe("2026-12");
});
