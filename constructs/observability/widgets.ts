import { checkedDimensions, type MetricRef } from "./alarm.ts";

/** One line of a chart. */
export interface ChartLine extends MetricRef {
  readonly label: string;
  /** Name in expressions; a hidden line is an input of expressions only. */
  readonly id?: string;
  readonly isHidden?: boolean;
}

/** A line computed from others of the same chart by their ids. */
export interface ComputedLine {
  readonly expression: string;
  readonly label: string;
}

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly (ChartLine | ComputedLine)[];
  /** Text beside the axis. */
  readonly unit: string;
  /** A line across: a limit, with its name. */
  readonly limit?: { readonly label: string; readonly value: number };
  /** @default - as high as the values */
  readonly max?: number;
  /** Seconds between its points. @default 60 */
  readonly periodSeconds?: number;
}

/** A widget of a CloudWatch dashboard, in CloudWatch's format, before it has a position. */
export interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

/** CloudWatch's grid. */
const GRID_WIDTH = 24;
const CHART = { width: 8, height: 6 } as const;

export function chart(region: string, props: ChartProps): Widget {
  const { title, lines, unit, limit, max, periodSeconds = 60 } = props;
  return {
    type: "metric",
    ...CHART,
    properties: {
      title,
      region,
      view: "timeSeries",
      stacked: false,
      period: periodSeconds,
      metrics: lines.map(metricArray),
      yAxis: { left: { min: 0, label: unit, showUnits: false, ...(max === undefined ? {} : { max }) } },
      ...(limit ? { annotations: { horizontal: [limit] } } : {}),
    },
  };
}

function metricArray(line: ChartLine | ComputedLine): readonly unknown[] {
  if ("expression" in line) return [{ expression: line.expression, label: line.label }];
  const { metric, statistic, label, id, isHidden } = line;
  return [
    metric.namespace,
    metric.name,
    ...Object.entries(checkedDimensions(line)).flat(),
    { stat: statistic, label, ...(id === undefined ? {} : { id }), ...(isHidden ? { visible: false } : {}) },
  ];
}

export function heading(text: string, explanation: string): Widget {
  return {
    type: "text",
    width: GRID_WIDTH,
    height: 2,
    properties: { markdown: `## ${text}\n${explanation}`, background: "transparent" },
  };
}

export function alarmList(title: string, alarms: readonly string[]): Widget {
  return { type: "alarm", ...CHART, properties: { title, alarms } };
}

/** Positions the widgets: left to right in rows; a heading has a row of its own. */
export function withPositions(
  widgets: readonly Widget[],
): readonly (Widget & { readonly x: number; readonly y: number })[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > GRID_WIDTH) {
      y += rowHeight;
      [x, rowHeight] = [0, 0];
    }
    const positioned = { ...widget, x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return positioned;
  });
}
