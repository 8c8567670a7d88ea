import { describe, expect, test } from "vitest";
import { getMetricData } from "./api.ts";
import { MetricStore } from "./metric-store.ts";

function query(Expression: string) {
  const store = new MetricStore();
  const put = (dimensions: Readonly<Record<string, string>>, time: number, value: number) =>
    store.put({ namespace: "App", name: "Calls", dimensions, time, values: [value] });
  put({ Model: "a", Route: "x" }, 0, 1);
  put({ Model: "a", Route: "y" }, 59_999, 2);
  put({ Model: "a", Route: "y" }, 60_000, 4);
  put({ Model: "b", Route: "x" }, 0, 100);
  put({ Model: "a" }, 0, 1000);
  return getMetricData({ StartTime: 0, EndTime: 120, MetricDataQueries: [{ Id: "m0", Expression }] }, store);
}
const sum = (terms: string) => `SUM(SEARCH('{App,Model,Route} ${terms}', 'Sum', 60))`;

describe("metric data", () => {
  test("of a search sums the series with exactly these dimensions and values, newest first", () => {
    expect(query(sum('Model="a" MetricName="Calls"'))).toMatchObject({
      MetricDataResults: [{ Id: "m0", Timestamps: [60, 0], Values: [4, 3] }],
    });
  });

  test("of one metric is its statistic in each period, of the series with exactly its dimensions, newest first", () => {
    const store = new MetricStore();
    for (const [time, value] of [
      [0, 3],
      [59_999, 5],
      [60_000, 4],
    ] as const)
      store.put({ namespace: "App", name: "Cost", dimensions: { Model: "a" }, time, values: [value] });
    store.put({ namespace: "App", name: "Cost", dimensions: { Model: "a", Route: "x" }, time: 0, values: [99] });
    const Metric = { Namespace: "App", MetricName: "Cost", Dimensions: [{ Name: "Model", Value: "a" }] };
    const MetricDataQueries = [{ Id: "m0", MetricStat: { Metric, Period: 60, Stat: "Maximum" } }];
    expect(getMetricData({ StartTime: 0, EndTime: 120, MetricDataQueries }, store)).toMatchObject({
      MetricDataResults: [{ Id: "m0", Timestamps: [60, 0], Values: [4, 5] }],
    });
  });

  test("of a search without a match is empty", () => {
    expect(query(sum('Model="c" MetricName="Calls"'))).toMatchObject({ MetricDataResults: [{ Values: [] }] });
  });

  test.each([sum("Model=a"), sum('Model="a" OR Model="b"'), "AVG(METRICS())"])("of %s is refused", (expression) => {
    expect(() => query(expression)).toThrow(/the twin knows SUM\(SEARCH/);
  });
});
