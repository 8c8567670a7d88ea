import { describe, expect, test } from "vitest";
import { DrainRate } from "./drain-rate.ts";

describe("the drain rate", () => {
  test("is unknown until a request was served while others waited", () => {
    const rate = new DrainRate(10_000);
    expect(rate.perSecond(0)).toBeUndefined();
    rate.begin(0);
    expect(rate.perSecond(1000)).toBeUndefined();
    rate.served(50, 1000);
    expect(rate.perSecond(1000)).toBeCloseTo(50, -1);
  });

  test("is the served tokens per second, from the first seconds on", () => {
    const rate = new DrainRate(10_000);
    rate.begin(0);
    for (let second = 1; second <= 40; second++) {
      rate.served(300, second * 1000);
      if (second >= 3) expect(Math.abs((rate.perSecond(second * 1000) ?? 0) - 300)).toBeLessThan(60);
    }
  });

  test("follows within some seconds when engines slow down", () => {
    const rate = new DrainRate(10_000);
    rate.begin(0);
    for (let second = 1; second <= 60; second++) rate.served(1000, second * 1000);
    for (let second = 61; second <= 90; second++) rate.served(100, second * 1000);
    expect(rate.perSecond(90_000)).toBeLessThan(200);
  });

  test("does not sink while nothing waits", () => {
    const rate = new DrainRate(10_000);
    rate.begin(0);
    for (let second = 1; second <= 30; second++) rate.served(100, second * 1000);
    rate.end(30_000);
    const before = rate.perSecond(30_000);
    expect(rate.perSecond(3_600_000)).toBe(before);
    rate.begin(3_600_000);
    expect(rate.perSecond(3_600_000)).toBe(before);
  });
});
