import { describe, expect, test } from "vitest";
import type { ChartView } from "./dashboard-view.ts";
import { lineChart, niceTop, short } from "./line-chart.ts";

const chart: ChartView = {
  kind: "chart",
  from: 0,
  to: 100,
  x: 0,
  y: 0,
  width: 8,
  height: 6,
  title: 'Latency <"p99">',
  unit: "ms",
  max: undefined,
  limits: [],
  series: [
    {
      label: "p99",
      points: [
        { time: 0, value: 10 },
        { time: 100, value: 30 },
      ],
    },
  ],
};

describe("a chart's picture", () => {
  test("draws each line within the picture, the highest value highest", () => {
    const points = /<polyline [^>]*points="([^"]+)"/.exec(lineChart(chart))?.[1]?.split(" ");
    const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = (points ?? []).map((pair) => pair.split(",").map(Number));
    expect(x0).toBeLessThan(x1);
    expect(y1).toBeLessThan(y0);
    for (const value of [x0, x1]) expect(value).toBeGreaterThanOrEqual(0);
    expect(Math.max(x0, x1)).toBeLessThanOrEqual(480);
  });

  test("has no line through a time without values", () => {
    const points = [0, 10, 20, 70, 80].map((time) => ({ time, value: 1 }));
    const lines = [...lineChart({ ...chart, series: [{ label: "p99", points }] }).matchAll(/<polyline/g)];
    expect(lines).toHaveLength(2);
  });

  test("has its latest values as text, with markup escaped", () => {
    expect(lineChart(chart)).toContain('aria-label="Latency &lt;&quot;p99&quot;&gt; (ms), latest: p99 30"');
  });

  test("without values has a note", () => {
    expect(lineChart({ ...chart, series: [{ label: "p99", points: [] }] })).toContain("no data in this time");
  });

  test("a limit far above the values does not press them down", () => {
    const limits = [{ label: "alarm", value: 5000 }];
    expect(lineChart({ ...chart, limits })).not.toContain("alarm");
    expect(lineChart({ ...chart, limits, max: 6000 })).toContain("alarm");
  });
});

test.each([
  [0, 1],
  [0.03, 0.05],
  [1, 1],
  [7, 10],
  [101, 200],
  [4999, 5000],
])("an axis for %d ends at %d", (value, top) => {
  expect(niceTop(value)).toBeCloseTo(top, 9);
});

test.each([
  [0.01234, "0.0123"],
  [12.345, "12.3"],
  [4321.5, "4322"],
  [12_345, "12.3 k"],
  [1_234_567, "1.23 M"],
])("%d is written %s", (value, text) => {
  expect(short(value)).toBe(text);
});
