import { describe, expect, test } from "vitest";
import { instancePrice } from "../../catalog/prices/region-prices.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { compareForecasts } from "./compare.ts";
import { forecast } from "./forecast.ts";
import { DEFAULT_USAGE } from "./usage.ts";

const dev = await loadEnvironment("dev");

describe("the difference of two forecasts", () => {
  const before = forecast(dev, DEFAULT_USAGE);

  test("of the same environment is nothing", () => {
    expect(compareForecasts(before, before)).toEqual({
      byType: [],
      total: { minimum: 0, expected: 0, maximum: 0 },
    });
  });

  test("names only what changes: one more gateway at most raises the maximum of gateways, their volumes, log lines and polls", () => {
    const gateways = { ...dev.gateways, maxInstances: dev.gateways.maxInstances + 1 };
    const { byType, total } = compareForecasts(before, forecast({ ...dev, gateways }, DEFAULT_USAGE));
    expect(byType.map(({ type }) => type)).toEqual(["Gateways", "EBS volumes", "CloudWatch", "DynamoDB"]);
    expect(total.minimum).toBe(0);
    const hours = 730 * instancePrice("us-east-1", dev.gateways.instanceType).usd;
    const looks = 730 * 3600 * (1 / 2 + 1 / 5 + 1 / 0.5) * 0.125e-6;
    expect(total.maximum).toBeCloseTo(hours + 8 * 0.08 + 0.3942 * 0.5 + looks, 6); // hours, volume, log lines, look-ups
    expect(total.expected).toBeCloseTo(total.maximum / 4, 6);
  });

  test("is negative for a saving", () => {
    const usage = { ...DEFAULT_USAGE, requestsPerMonth: 0 };
    expect(compareForecasts(before, forecast(dev, usage)).total.expected).toBeLessThan(0);
  });
});
