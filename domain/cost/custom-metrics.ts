import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";

/** Custom metrics in CloudWatch's count: a name with each set of dimension values is one. */
export interface CustomMetrics {
  /** Metrics that an environment has once. */
  readonly once: number;
  /** Metrics that every pool adds. */
  readonly perPool: number;
}

/** A model is requested on two routes: completions and chat completions. */
const ROUTES = 2;
/** Number of the error catalogue's codes that a service in use sends in most hours. */
const ERROR_CODES = 5;

/** Counts the series of the metric catalogue; AWS's own metrics cost nothing. */
export function customMetrics(catalogue: readonly MetricEntry[] = Object.values(METRICS)): CustomMetrics {
  const sets = catalogue
    .filter(({ namespace }) => !namespace.startsWith("AWS/"))
    .flatMap(({ dimensions }) => dimensions);
  const isOfPool = (set: readonly string[]) => set.includes("Model") || set.includes("AutoScalingGroupName");
  const count = (chosen: readonly (readonly string[])[]) =>
    chosen.reduce(
      (sum, set) => sum + (set.includes("Route") ? ROUTES : set.includes("ErrorCode") ? ERROR_CODES : 1),
      0,
    );
  return { once: count(sets.filter((set) => !isOfPool(set))), perPool: count(sets.filter(isOfPool)) };
}
