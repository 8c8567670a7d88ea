import { describe, expect, test } from "vitest";
import { DEFAULT_USAGE, volumesOf } from "./usage.ts";

describe("volumes", () => {
  test("follow the tokens: twice the completion is nearly twice the data out", () => {
    const one = volumesOf({ ...DEFAULT_USAGE, requestsPerMonth: 1e6, completionTokens: 200 });
    const two = volumesOf({ ...DEFAULT_USAGE, requestsPerMonth: 1e6, completionTokens: 400 });
    expect(one.responseGb).toBeCloseTo(51.5, 6); // 1e6 × (200 × 250 + 1500) bytes
    expect(two.responseGb - one.responseGb).toBeCloseTo(50, 6);
  });

  test("of no requests are zero", () => {
    const volumes = volumesOf({ ...DEFAULT_USAGE, requestsPerMonth: 0, siteVisitsPerMonth: 0 });
    expect(new Set(Object.values(volumes))).toEqual(new Set([0]));
  });

  test("a load balancer's units are those of the most used dimension", () => {
    const many = volumesOf({ ...DEFAULT_USAGE, requestsPerMonth: 2_628_000 * 100, completionTokens: 1 });
    expect(many.loadBalancerUnits).toBeCloseTo(4, 6); // 100 new connections a second
    const large = volumesOf({ ...DEFAULT_USAGE, requestsPerMonth: 2_628_000, completionTokens: 4000 });
    expect(large.loadBalancerUnits).toBeCloseTo((3600 * (1_000_000 + 1200 + 3000)) / 1e9, 6);
  });
});
