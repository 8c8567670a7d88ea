import { describe, expect, test } from "vitest";
import { costOf } from "./price.ts";
import { hasPrices, regionPrices } from "./region-prices.ts";

describe("prices", () => {
  test.each(Object.entries(regionPrices("us-east-1")))("%s is positive, with a page and a date", (_, price) => {
    expect(price.usd).toBeGreaterThan(0);
    expect(price.units).toBeGreaterThan(0);
    expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(price.date).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    for (const [index, range] of (price.above ?? []).entries())
      expect(range.amount).toBeGreaterThan(price.above?.[index - 1]?.amount ?? 0);
  });

  test("a region without prices is refused by name, and never priced like another one", () => {
    expect(hasPrices("eu-west-1")).toBe(false);
    expect(() => regionPrices("eu-west-1")).toThrow(
      /no prices for eu-west-1 in catalog\/prices \(known: us-east-1\); add eu-west-1\.ts/,
    );
  });
});

describe("the cost of a quantity", () => {
  const { apiRequests, alarm } = regionPrices("us-east-1");

  test("is counted in the price's own units", () => {
    expect(costOf(2_000_000, apiRequests)).toBe(7);
    expect(costOf(0, apiRequests)).toBe(0);
    expect(costOf(3, alarm)).toBeCloseTo(0.3);
  });

  test("falls above an amount, for the part above only", () => {
    expect(costOf(334_000_000, apiRequests)).toBeCloseTo(333 * 3.5 + 2.8, 6);
  });
});
