import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import type { ChartLine, ComputedLine } from "./widgets.ts";

/** A sum per period that only expressions use. */
export function sums(
  id: string,
  metric: MetricEntry,
  dimensions: Readonly<Record<string, string>>,
): readonly [ChartLine & { readonly id: string }] {
  return [{ metric, dimensions, statistic: "Sum", label: id, id, isHidden: true }];
}

/** A count for each second. */
export function rate(
  id: string,
  metric: MetricEntry,
  dimensions: Readonly<Record<string, string>>,
  label: string,
): readonly (ChartLine | ComputedLine)[] {
  return [...sums(id, metric, dimensions), { expression: `${id} / PERIOD(${id})`, label }];
}
