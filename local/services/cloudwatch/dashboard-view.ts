import {
  asList,
  asNumber,
  asObject,
  asText,
  block,
  blocks,
  isObject,
  type Json,
  type JsonObject,
} from "../../template/json.ts";
import { evaluateMath, type Points } from "./metric-math.ts";
import type { MetricPoint, MetricStore } from "./metric-store.ts";

export interface WidgetPosition {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartSeries {
  readonly label: string;
  readonly points: readonly MetricPoint[];
}

export interface ChartView extends WidgetPosition {
  readonly kind: "chart";
  readonly title: string;
  readonly unit: string;
  readonly series: readonly ChartSeries[];
  readonly limits: readonly { readonly label: string; readonly value: number }[];
  /** Top of the axis where the dashboard sets it. */
  readonly max: number | undefined;
  /** Ends of the axis of time, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface TextView extends WidgetPosition {
  readonly kind: "text";
  readonly heading: string;
  readonly text: string;
}

export interface AlarmsView extends WidgetPosition {
  readonly kind: "alarms";
  readonly title: string;
  readonly arns: readonly string[];
}

export type WidgetView = ChartView | TextView | AlarmsView;

export interface ViewRange {
  readonly from: number;
  readonly to: number;
  /** Instead of the dashboard's own periods: a run on one machine is short. */
  readonly periodMs: number;
}

/**
 * A dashboard's widgets with the values that they show.
 * @throws when it has a kind of widget that the twin does not know
 */
export function viewDashboard(body: JsonObject, store: MetricStore, range: ViewRange): readonly WidgetView[] {
  const slow = slowRange(body, range);
  return blocks(body.widgets).map((widget) => {
    const position = {
      x: asNumber(widget.x),
      y: asNumber(widget.y),
      width: asNumber(widget.width),
      height: asNumber(widget.height),
    };
    const properties = asObject(widget.properties);
    if (widget.type === "metric") {
      const isSlow = asNumber(properties.period ?? 0) * 1000 >= slow.periodMs;
      return { kind: "chart", ...position, ...viewChart(properties, store, isSlow ? slow : range) };
    }
    if (widget.type === "alarm")
      return {
        kind: "alarms",
        ...position,
        title: asText(properties.title),
        arns: asList(properties.alarms).map(asText),
      };
    if (widget.type === "text") {
      const [first = "", ...rest] = asText(properties.markdown).split("\n");
      return { kind: "text", ...position, heading: first.replace(/^#+ /, ""), text: rest.join(" ") };
    }
    throw new Error(`the twin does not know dashboard widgets of type ${String(widget.type)}`);
  });
}

const HOUR_MS = 3_600_000;

/** What is measured once an hour is shown over the dashboard's own time, e.g. `-PT3H`: a quarter of an hour has no point. */
function slowRange({ start }: JsonObject, { to }: ViewRange): ViewRange {
  const hours = Number(/^-PT(\d+)H$/.exec(String(start))?.[1] ?? 3); // CloudWatch's own default
  return { from: Math.floor((to - hours * HOUR_MS) / HOUR_MS) * HOUR_MS, to, periodMs: HOUR_MS };
}

interface Entry {
  readonly label: string;
  readonly id: string | undefined;
  readonly isVisible: boolean;
  readonly expression: string | undefined;
  readonly points: readonly MetricPoint[];
}

function viewChart(
  properties: JsonObject,
  store: MetricStore,
  range: ViewRange,
): Omit<ChartView, "kind" | keyof WidgetPosition> {
  const entries = asList(properties.metrics).map((entry) => readEntry(asList(entry), store, range));
  const pointsById = new Map<string, Points>(
    entries.flatMap(({ id, points }) =>
      id === undefined ? [] : [[id, new Map(points.map(({ time, value }) => [time, value]))]],
    ),
  );
  const left = block(block(properties.yAxis)?.left) ?? {};
  const annotations = block(properties.annotations) ?? {};
  return {
    from: range.from,
    to: range.to,
    title: asText(properties.title),
    unit: asText(left.label ?? ""),
    max: left.max === undefined ? undefined : asNumber(left.max),
    limits: blocks(annotations.horizontal).map(({ label, value }) => ({
      label: asText(label),
      value: asNumber(value),
    })),
    series: entries
      .filter(({ isVisible }) => isVisible)
      .map(({ label, expression, points }) => ({
        label,
        points:
          expression === undefined
            ? points
            : evaluateMath(expression, { series: pointsById, periodSeconds: range.periodMs / 1000 }),
      })),
  };
}

/** `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
function readEntry(entry: readonly Json[], store: MetricStore, range: ViewRange): Entry {
  const last = entry.at(-1);
  const options = isObject(last) ? last : {};
  const [namespace, name, ...rest] = entry.filter((part) => typeof part === "string");
  const base = {
    label: asText(options.label ?? name ?? ""),
    id: options.id === undefined ? undefined : asText(options.id),
    isVisible: options.visible !== false,
  };
  if (namespace === undefined || name === undefined)
    return { ...base, expression: asText(options.expression), points: [] };
  const dimensions: Record<string, string> = {};
  for (let index = 0; index + 1 < rest.length; index += 2) dimensions[rest[index] ?? ""] = rest[index + 1] ?? "";
  const statistic = asText(options.stat);
  return { ...base, expression: undefined, points: store.query({ namespace, name, dimensions, statistic, ...range }) };
}
