import { describe, expect, test } from "vitest";
import { TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { completionCostUsd, monthOf, priceAt } from "./target-cost.ts";

test("prompt and completion have separate prices", () => {
  const price = { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 };
  expect(completionCostUsd(price, 1_000_000, 0)).toBe(2.5);
  expect(completionCostUsd(price, 400, 100)).toBeCloseTo(0.002);
});

test("a month begins at midnight UTC", () => {
  expect(monthOf(Date.parse("2026-11-30T23:59:59Z"))).toBe("2026-11");
  expect(monthOf(Date.parse("2026-12-01T00:00:00Z"))).toBe("2026-12");
});

describe("a price with changes", () => {
  const base = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const offer = {
    from: "2026-11-27T00:00:00Z",
    to: "2026-12-01T00:00:00Z",
    inputUsdPerMillion: 0.5,
    outputUsdPerMillion: 1,
  };
  const later = {
    from: "2027-01-01T00:00:00Z",
    inputUsdPerMillion: 3,
    outputUsdPerMillion: 4,
    reasoningUsdPerMillion: 5,
  };
  const settings = { ...base, priceChanges: [offer, later] };
  const input = (time: string) => priceAt(settings, Date.parse(time)).inputUsdPerMillion;

  // documented: price-changes
  test("is the one that holds when a request begins, and the price beside the changes while none does", () => {
    expect(input("2026-11-26T23:59:59.999Z")).toBe(1);
    expect(input("2026-11-27T00:00:00Z")).toBe(0.5);
    expect(input("2026-11-30T23:59:59.999Z")).toBe(0.5);
    expect(input("2026-12-01T00:00:00Z")).toBe(1);
    expect(input("2027-01-01T00:00:00Z")).toBe(3);
    expect(priceAt(settings, Date.parse("2026-11-28T00:00:00Z"))).toEqual({
      inputUsdPerMillion: 0.5,
      outputUsdPerMillion: 1,
    });
  });

  test("has them in the order of time and without overlap", () => {
    const messages = (priceChanges: unknown) =>
      TokenPriceSettings.safeParse({ ...base, priceChanges }).error?.issues.map(
        ({ path, message }) => `${path.join(".")} ${message}`,
      ) ?? [];
    expect(messages([offer, later])).toEqual([]);
    expect(messages([later, offer]).join()).toMatch(/priceChanges\.1\.from must not begin before/);
    expect(messages([{ ...offer, to: offer.from }]).join()).toMatch(/priceChanges\.0\.to must be after its `from`/);
    expect(messages([offer, { ...later, from: "2026-11-30T00:00:00Z" }]).join()).toMatch(/must not begin before/);
    expect(messages([later, later]).join()).toMatch(/must be after that of the change above/);
  });
});
