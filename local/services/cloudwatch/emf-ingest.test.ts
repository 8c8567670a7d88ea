import { describe, expect, test } from "vitest";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import { Distribution } from "../../../gateway/metrics/distribution.ts";
import { emfLines } from "../../../gateway/metrics/emf.ts";
import { ingestEmf } from "./emf-ingest.ts";
import { MetricStore } from "./metric-store.ts";

const range = { namespace: "Sluice/Gateway", periodMs: 60_000, from: 0, to: 60_000 };

describe("lines of a gateway", () => {
  test("become metrics under each of their dimension sets, with real percentiles", () => {
    const store = new MetricStore();
    const latency = new Distribution();
    for (let value = 1; value <= 100; value++) latency.add(value * 10);
    const dimensions = { Environment: "dev", Model: "m", Route: "/v1/completions" };
    for (const line of emfLines({ time: 5, dimensions, values: [{ metric: METRICS.latency, value: latency }] }))
      expect(ingestEmf(line, store)).toBe(true);
    for (const set of [{ Environment: "dev" }, dimensions]) {
      const [p99] = store.query({ ...range, name: "Latency", dimensions: set, statistic: "p99" });
      expect(Math.abs((p99?.value ?? 0) / 990 - 1)).toBeLessThan(0.05);
      expect(store.query({ ...range, name: "Latency", dimensions: set, statistic: "Average" })[0]?.value).toBeCloseTo(
        505,
      );
    }
  });

  test("that are not metrics are left alone", () => {
    const store = new MetricStore();
    expect(ingestEmf('{"level":"info","msg":"request"}', store)).toBe(false);
    expect(ingestEmf("Error: _aws is not here", store)).toBe(false);
    expect(store.list()).toEqual([]);
  });

  test("that break the format are refused", () => {
    const broken = {
      _aws: { Timestamp: 1, CloudWatchMetrics: [{ Namespace: "N", Dimensions: [["A"]], Metrics: [{ Name: "M" }] }] },
    };
    expect(() => ingestEmf(JSON.stringify({ ...broken, M: 1 }), new MetricStore())).toThrow(
      /expected text, got undefined/,
    );
    expect(() => ingestEmf(JSON.stringify({ ...broken, A: "a" }), new MetricStore())).toThrow(/expected a number/);
  });
});
