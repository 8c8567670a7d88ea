import { describe, expect, test } from "vitest";
import { INSTANCE_TYPE_IDS, type InstanceTypeId } from "../instance-types.ts";
import { REGION_IDS } from "../regions.ts";
import { costOf } from "./price.ts";
import { hasInstancePrice, instancePrice, regionPrices, valkeyNodePrice } from "./region-prices.ts";

describe("prices", () => {
  test.each(Object.entries(regionPrices("us-east-1")))("%s is positive, with a page and a date", (_, price) => {
    expect(price.usd).toBeGreaterThan(0);
    expect(price.units).toBeGreaterThan(0);
    expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(price.date).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    expect(price.ofRegion).toBeUndefined();
    for (const [index, range] of (price.above ?? []).entries())
      expect(range.amount).toBeGreaterThan(price.above?.[index - 1]?.amount ?? 0);
  });

  test.each(REGION_IDS)("%s has prices of GPUs, gateways and CPU engines, each with a source and a date", (region) => {
    const own = INSTANCE_TYPE_IDS.filter((type) => hasInstancePrice(region, type));
    for (const type of [
      "g5.xlarge",
      "g5.48xlarge",
      "g4dn.xlarge",
      "p4d.24xlarge",
      "t4g.micro",
      "c7g.large",
      "c7i.xlarge",
    ])
      expect(own, type).toContain(type);
    for (const type of own) {
      const price = instancePrice(region, type);
      expect(price.usd, type).toBeGreaterThan(0);
      expect(price.source, type).toMatch(/https:\/\//);
      expect(price.date, type).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
      expect(price.ofRegion).toBeUndefined();
    }
  });

  test("a price that a region's file lacks is us-east-1's, and says so", () => {
    expect(instancePrice("eu-west-1", "p5.48xlarge")).toMatchObject({ usd: 55.04, ofRegion: "us-east-1" });
    expect(regionPrices("eu-west-1").natGatewayHour).toMatchObject({ usd: 0.045, ofRegion: "us-east-1" });
    expect(valkeyNodePrice("eu-west-1", "cache.t4g.small")).toMatchObject({ usd: 0.0256, ofRegion: "us-east-1" });
    expect(instancePrice("eu-west-1", "g5.xlarge")).toMatchObject({ usd: 1.123 });
    // Visitors have a place, not the bucket that CloudFront reads.
    expect(regionPrices("eu-west-1").distributionGb.ofRegion).toBeUndefined();
  });

  /** AWS lists a region's prices of a family at one factor, rounded to as few as three decimals. */
  test.each(REGION_IDS)(
    "sizes of a family have the ratios of us-east-1 in %s, within a quarter of a percent",
    (region) => {
      const families = Map.groupBy(
        INSTANCE_TYPE_IDS.filter((type) => hasInstancePrice(region, type)),
        (type) => type.split(".")[0],
      );
      for (const [family, types] of families) {
        const factors = types.map((type) => instancePrice(region, type).usd / instancePrice("us-east-1", type).usd);
        expect(Math.max(...factors) / Math.min(...factors) - 1, family).toBeLessThan(0.0025);
      }
    },
  );

  test("no region's GPU is cheaper than us-east-1's, or half as expensive again", () => {
    for (const region of REGION_IDS) {
      const gpus: readonly InstanceTypeId[] = INSTANCE_TYPE_IDS.filter((type) => /^[gp]\d/.test(type));
      for (const type of gpus) {
        const factor = instancePrice(region, type).usd / instancePrice("us-east-1", type).usd;
        expect(factor, `${region} ${type}`).toBeGreaterThan(0.9999);
        expect(factor, `${region} ${type}`).toBeLessThan(1.5);
      }
    }
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
