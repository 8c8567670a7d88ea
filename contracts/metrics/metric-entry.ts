/** CloudWatch's own names of units, those that we use. */
export type MetricUnit = "Milliseconds" | "Seconds" | "Count" | "Percent" | "None";

export interface MetricEntry {
  readonly namespace: string;
  readonly name: string;
  readonly unit: MetricUnit;
  /** Each list is a series of its own: a query has exactly the dimensions of one of them. */
  readonly dimensions: readonly (readonly string[])[];
  /** Meaning of one value. */
  readonly about: string;
}
