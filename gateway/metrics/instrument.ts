import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";

/** Factor from milliseconds to seconds, in which Prometheus has times. */
export const MS_TO_S = 0.001;

/** How an instrument stands on `/metrics`. */
export interface PrometheusForm<Label extends string> {
  readonly name: string;
  /** Labels that are shown. @default - all of the instrument's */
  readonly labels?: readonly Label[];
  /** Upper bounds of a histogram's buckets, in the exported unit. */
  readonly buckets?: readonly number[];
  /** What a measured value is multiplied by, e.g. 0.001 from milliseconds to seconds. @default 1 */
  readonly factor?: number;
  /** How the values of the process's threads become one. @default "sum" */
  readonly aggregator?: "sum" | "max";
}

/** How an instrument stands in CloudWatch. */
export interface CloudWatchForm<Label extends string> {
  /** A metric, or none by a label's value. */
  readonly metric: MetricEntry;
  /** Dimensions beside `Environment`, each with the label that has its value. */
  readonly dimensions: Readonly<Record<string, Label>>;
  /**
   * Whether 0 is written for the environment in a window without a value, so that an alarm has a value without a fault.
   */
  readonly isZeroWritten?: boolean;
}

/**
 * Something that is measured: declared once, with every exporter that takes it. A counter adds up, a histogram takes
 * values, a gauge is read when it is exported.
 */
export interface Instrument<Label extends string = string> {
  readonly kind: "counter" | "histogram" | "gauge";
  readonly about: string;
  readonly labels: readonly Label[];
  /** @default - not on `/metrics` */
  readonly prometheus?: PrometheusForm<Label>;
  /** @default - not in CloudWatch */
  readonly cloudWatch?: CloudWatchForm<Label>;
}

/** Values of an instrument's labels. They are bounded: routes, configured models and targets, codes; never a key. */
export type Labels<Label extends string = string> = Readonly<Record<Label, string>>;

export interface Sample<Label extends string = string> {
  readonly labels: Labels<Label>;
  readonly value: number;
}

/** Declares an instrument; its labels become part of its type. */
export function instrument<const Label extends string>(parts: Instrument<Label>): Instrument<Label> {
  return parts;
}
