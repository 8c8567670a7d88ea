import { describe, expect, test } from "vitest";
import { MetricAlarm } from "./metric-alarm.ts";
import { MetricStore } from "./metric-store.ts";

const MINUTE = 60_000;
const base = { alarm_name: "a", comparison_operator: "GreaterThanThreshold", threshold: 5, evaluation_periods: 2 };
const ofMetric = {
  ...base,
  namespace: "N",
  metric_name: "M",
  dimensions: { Environment: "dev" },
  period: 60,
  statistic: "Average",
  treat_missing_data: "notBreaching",
};
const metric = { namespace: "N", name: "M", dimensions: { Environment: "dev" } };

describe("an alarm of the stacks", () => {
  test("is in ALARM when its periods breach, and evaluates whole periods only", () => {
    const store = new MetricStore();
    store.put({ ...metric, time: 0, values: [9] });
    store.put({ ...metric, time: MINUTE, values: [9] });
    const alarm = new MetricAlarm(ofMetric);
    expect(alarm.state(store, 2 * MINUTE - 1)).toBe("OK");
    expect(alarm.state(store, 2 * MINUTE)).toBe("ALARM");
    expect(alarm.state(store, 4 * MINUTE)).toBe("OK");
  });

  test("with a factor its periods are shorter", () => {
    const store = new MetricStore();
    for (const time of [0, 1000]) store.put({ ...metric, time, values: [9] });
    expect(new MetricAlarm(ofMetric).state(store, 2000, "OK", 60)).toBe("ALARM");
  });

  test("takes an expression over several series", () => {
    const query = (id: string, name: string) => ({
      id,
      return_data: false,
      metric: { namespace: "N", metric_name: name, dimensions: {}, period: 60, stat: "Sum" },
    });
    const alarm = new MetricAlarm({
      ...base,
      evaluation_periods: 1,
      metric_query: [
        { id: "result", expression: "100 * errors / requests", return_data: true },
        query("errors", "Errors"),
        query("requests", "Requests"),
      ],
    });
    const store = new MetricStore();
    store.put({ namespace: "N", name: "Requests", dimensions: {}, time: 0, values: [100] });
    store.put({ namespace: "N", name: "Errors", dimensions: {}, time: 0, values: [6] });
    expect(alarm.state(store, MINUTE)).toBe("ALARM");
    expect(alarm.state(store, 2 * MINUTE)).toBe("INSUFFICIENT_DATA");
  });

  test("that compares with a band is refused by name", () => {
    const banded = { ...ofMetric, comparison_operator: "GreaterThanUpperThreshold" };
    expect(() => new MetricAlarm(banded)).toThrow(/alarm a: the twin does not know GreaterThanUpperThreshold/);
  });
});
