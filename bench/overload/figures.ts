import { percentile, percentiles } from "../../lib/percentile.ts";

/** One request of an overload run. */
export interface OverloadSample {
  readonly tenant: string;
  /** Seconds from the run's start to its arrival. */
  readonly atSeconds: number;
  /** HTTP status; 0 for a connection or a stream that broke. */
  readonly status: number;
  /** Until the response was complete. */
  readonly ms: number;
  /** Seconds, where the response had the header. */
  readonly retryAfter?: number;
}

export function summary(values: readonly number[]) {
  const max = Math.round(percentile(values, 1) * 10) / 10;
  return { count: values.length, ...percentiles(values, 1), max };
}

/** Jain's index of fairness: 1 when all get the same, 1/n when one gets all. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return (sum * sum) / (shares.length * squares);
}

/** How often each value occurs, in the values' order. */
export function distribution(values: readonly number[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values.toSorted((a, b) => a - b)) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
