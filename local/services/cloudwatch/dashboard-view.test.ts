import { describe, expect, test } from "vitest";
import { viewDashboard } from "./dashboard-view.ts";
import { MetricStore } from "./metric-store.ts";

const position = { x: 0, y: 0, width: 8, height: 6 };
const range = { from: 0, to: 20_000, periodMs: 10_000 };
const store = new MetricStore();
for (const [time, value] of [
  [0, 50],
  [10_000, 100],
] as const) {
  const metric = { namespace: "N", time, values: [value] };
  store.put({ ...metric, name: "Requests", dimensions: { Environment: "dev" } });
}

function viewOf(metrics: unknown[], properties: Record<string, unknown> = {}) {
  const body = { widgets: [{ type: "metric", ...position, properties: { title: "T", metrics, ...properties } }] };
  const [view] = viewDashboard(JSON.parse(JSON.stringify(body)), store, range);
  if (view?.kind !== "chart") throw new Error("no chart");
  return view;
}

describe("a chart", () => {
  test("shows a metric with the dashboard's statistic and label", () => {
    const { series } = viewOf([["N", "Requests", "Environment", "dev", { stat: "Sum", label: "requests" }]]);
    expect(series).toEqual([
      {
        label: "requests",
        points: [
          { time: 0, value: 50 },
          { time: 10_000, value: 100 },
        ],
      },
    ]);
  });

  test("shows an expression over a hidden series, but not the series", () => {
    const { series } = viewOf([
      ["N", "Requests", "Environment", "dev", { stat: "Sum", label: "r", id: "r", visible: false }],
      [{ expression: "r / PERIOD(r)", label: "per second" }],
    ]);
    expect(series.map(({ label, points }) => [label, points.map(({ value }) => value)])).toEqual([
      ["per second", [5, 10]],
    ]);
  });

  test("of what is measured once an hour shows the dashboard's own hours, a point for each", () => {
    const hour = 3_600_000;
    const hourly = new MetricStore();
    for (const time of [hour - 1, 5 * hour - 1, 6 * hour - 1])
      hourly.put({ namespace: "N", name: "Cost", dimensions: {}, time, values: [time] });
    const metrics = [
      ["N", "Cost", { stat: "Average", label: "cost", id: "cost" }],
      [{ expression: "cost * 730", label: "month" }],
    ];
    const properties = { title: "T", metrics, period: 3600 };
    const body = { start: "-PT3H", widgets: [{ type: "metric", ...position, properties }] };
    const to = 6.5 * hour;
    const quarter = { from: to - 900_000, to, periodMs: 10_000 };
    const [view] = viewDashboard(JSON.parse(JSON.stringify(body)), hourly, quarter);
    expect(view).toMatchObject({ from: 3 * hour, to });
    expect(view?.kind === "chart" && view.series.map(({ points }) => points.map(({ time }) => time))).toEqual([
      [4 * hour, 5 * hour],
      [4 * hour, 5 * hour],
    ]);
  });

  test("has the axis and the limits of the dashboard", () => {
    const properties = {
      yAxis: { left: { label: "ms", max: 100 } },
      annotations: { horizontal: [{ label: "alarm", value: 90 }] },
    };
    expect(viewOf([], properties)).toMatchObject({ unit: "ms", max: 100, limits: [{ label: "alarm", value: 90 }] });
  });
});

test("headings and alarms have the dashboard's words and positions", () => {
  const body = {
    widgets: [
      { type: "text", ...position, properties: { markdown: "## Is it up?\nLook here." } },
      { type: "alarm", ...position, properties: { title: "Alarms", alarms: ["arn:a"] } },
    ],
  };
  expect(viewDashboard(body, store, range)).toEqual([
    { kind: "text", ...position, heading: "Is it up?", text: "Look here." },
    { kind: "alarms", ...position, title: "Alarms", arns: ["arn:a"] },
  ]);
});

test("a widget that the twin does not know is refused by its type", () => {
  const body = { widgets: [{ type: "log", ...position, properties: {} }] };
  expect(() => viewDashboard(body, store, range)).toThrow(/does not know dashboard widgets of type log/);
});
