import { describe, expect, test } from "vitest";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { emfProblems } from "../test/emf-problems.ts";
import { Distribution } from "./distribution.ts";
import { EMF_LIMITS, emfLines } from "./emf.ts";

const route = { Environment: "dev", Model: "tiny", Route: "/v1/completions" };

describe("lines in the embedded metric format", () => {
  test("send a metric to every one of its dimension sets that the record has", () => {
    const [line = "", ...more] = emfLines({
      time: 5,
      dimensions: route,
      values: [{ metric: METRICS.requests, value: 3 }],
    });
    expect(more).toEqual([]);
    // By its beginning the instance's agent separates a line of metrics from the log lines.
    expect(line).toMatch(/^\{"_aws":/);
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 5,
        CloudWatchMetrics: [
          {
            Namespace: "Sluice/Gateway",
            Dimensions: [["Environment"], ["Environment", "Model", "Route"]],
            Metrics: [{ Name: "Requests", Unit: "Count" }],
          },
        ],
      },
      ...route,
      Requests: 3,
    });
  });

  // documented: percentiles-in-cloudwatch
  test("hold values with their counts, so that CloudWatch computes real percentiles", () => {
    const latency = new Distribution();
    for (const value of [10, 10, 500]) latency.add(value);
    const [line = ""] = emfLines({ time: 5, dimensions: route, values: [{ metric: METRICS.latency, value: latency }] });
    expect(JSON.parse(line).Latency).toEqual({
      Values: [10, 500],
      Counts: [2, 1],
      Min: 10,
      Max: 500,
      Count: 3,
      Sum: 520,
    });
  });

  test("a distribution of more than 100 values continues in further lines, and no value is lost", () => {
    const latency = new Distribution();
    for (let index = 0; index < 250; index++) latency.add(1.06 ** index);
    const lines = emfLines({
      time: 5,
      dimensions: route,
      values: [
        { metric: METRICS.requests, value: 250 },
        { metric: METRICS.latency, value: latency },
      ],
    });
    const counts = lines.map((line) => JSON.parse(line).Latency.Values.length);
    expect(counts.every((count) => count <= EMF_LIMITS.values)).toBe(true);
    expect(lines.reduce((sum, line) => sum + JSON.parse(line).Latency.Count, 0)).toBe(250);
    expect(lines.filter((line) => "Requests" in JSON.parse(line))).toHaveLength(1);
    for (const line of lines) expect(emfProblems(line)).toEqual([]);
  });

  test("more than 100 metrics are split", () => {
    const values = Array.from({ length: 130 }, (_, index) => {
      const metric: MetricEntry = { ...METRICS.requests, name: `Metric${index}` };
      return { metric, value: index };
    });
    const lines = emfLines({ time: 5, dimensions: route, values });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(emfProblems(line)).toEqual([]);
  });

  test("a distribution without values and a number that is none are left out", () => {
    const values = [
      { metric: METRICS.latency, value: new Distribution() },
      { metric: METRICS.requests, value: Number.NaN },
    ];
    expect(emfLines({ time: 5, dimensions: route, values })).toEqual([]);
  });
});
