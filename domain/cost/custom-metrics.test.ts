import { expect, test } from "vitest";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { customMetrics } from "./custom-metrics.ts";

const metric = (namespace: string, ...dimensions: readonly (readonly string[])[]): MetricEntry => ({
  namespace,
  name: "Any",
  unit: "Count",
  about: "",
  dimensions,
});

test("a metric counts once for each set of dimension values that it is written with", () => {
  const catalogue = [
    metric("Sluice/Gateway", ["Environment"], ["Environment", "Model", "Route"]),
    metric("Sluice/Engine", ["Environment", "Model"]),
    metric("Sluice/Gateway", ["Environment", "ErrorCode"]),
    metric("CWAgent", ["AutoScalingGroupName"]),
    metric("AWS/ApiGateway", ["ApiName", "Stage"]),
  ];
  expect(customMetrics(catalogue)).toEqual({ once: 1 + 5, perPool: 2 + 1 + 1 });
});

test("the catalogue has some of both kinds", () => {
  const { once, perPool } = customMetrics();
  expect(once).toBeGreaterThan(5);
  expect(perPool).toBeGreaterThan(10);
});
