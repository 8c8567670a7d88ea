import { expect, test } from "vitest";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { expectedUsdPerHour } from "./expected-cost.ts";

test("an expected hour is a 730th of the expected month, between the cheapest and the dearest", async () => {
  const dev = await loadEnvironment("dev");
  const { minimum, expected, maximum } = forecast(dev, DEFAULT_USAGE).total;
  expect(expectedUsdPerHour(dev) * 730).toBeCloseTo(expected, 6);
  expect(expectedUsdPerHour(dev) * 730).toBeGreaterThanOrEqual(minimum);
  expect(expectedUsdPerHour(dev) * 730).toBeLessThanOrEqual(maximum);
});
