import { describe, expect, test } from "vitest";
import { MetricStore } from "./metric-store.ts";

const GPU = { namespace: "CWAgent", name: "gpu", dimensions: { AutoScalingGroupName: "a", Pool: "b" } };
const MINUTE = { periodMs: 60_000, from: 0, to: 600_000 };

describe("the metric store", () => {
  test("a series is found whatever the order of its dimensions, and only with all of them", () => {
    const store = new MetricStore();
    store.put({ ...GPU, time: 5, values: [70] });
    const query = { ...GPU, ...MINUTE, statistic: "Average" };
    expect(store.query({ ...query, dimensions: { Pool: "b", AutoScalingGroupName: "a" } })).toEqual([
      { time: 0, value: 70 },
    ]);
    expect(store.query({ ...query, dimensions: { Pool: "b" } })).toEqual([]);
  });

  test("periods begin at multiples of their length, and one without data has no point", () => {
    const store = new MetricStore();
    for (const time of [0, 59_999, 60_000, 180_000]) store.put({ ...GPU, time, values: [1] });
    expect(store.query({ ...GPU, ...MINUTE, from: 30_000, statistic: "Sum" })).toEqual([
      { time: 0, value: 2 },
      { time: 60_000, value: 1 },
      { time: 180_000, value: 1 },
    ]);
  });

  test.each([
    ["Average", 20],
    ["Sum", 200],
    ["Minimum", 10],
    ["Maximum", 100],
    ["SampleCount", 10],
    ["p50", 10],
    ["p90", 20],
    ["p99", 100],
  ])("%s weighs values by their counts", (statistic, value) => {
    const store = new MetricStore();
    store.put({ ...GPU, time: 0, values: [100, 10, 20], counts: [1, 8, 1] });
    expect(store.query({ ...GPU, ...MINUTE, statistic })).toEqual([{ time: 0, value }]);
  });

  test("what PutMetricData would refuse is refused", () => {
    const store = new MetricStore();
    expect(() => store.put({ ...GPU, time: 0, values: [1, 2], counts: [1] })).toThrow(
      /2 values need as many counts, got 1/,
    );
    expect(() => store.put({ ...GPU, time: 0, values: [Number.NaN] })).toThrow(/finite number, got NaN/);
    expect(() => store.query({ ...GPU, ...MINUTE, statistic: "avg" })).not.toThrow();
    store.put({ ...GPU, time: 0, values: [1] });
    expect(() => store.query({ ...GPU, ...MINUTE, statistic: "avg" })).toThrow(/got avg/);
  });

  test("the series written to longest ago and the oldest samples make room", () => {
    const store = new MetricStore({ maxSeries: 2, maxSamples: 10 });
    for (const name of ["a", "b", "a", "c"]) store.put({ ...GPU, name, time: 0, values: [1] });
    expect(store.list().map(({ name }) => name)).toEqual(["a", "c"]);
    for (let time = 1; time <= 100; time++) store.put({ ...GPU, name: "a", time, values: [1] });
    const count = store.query({ ...GPU, ...MINUTE, name: "a", statistic: "SampleCount" })[0]?.value;
    expect(count).toBeLessThanOrEqual(15);
    expect(count).toBeGreaterThanOrEqual(10);
  });
});
