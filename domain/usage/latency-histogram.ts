import { LATENCY_PREFIXES, type Latency, type LatencyCount } from "../../contracts/usage/usage-counter.ts";
import { percentileOfCounts } from "../../lib/percentile.ts";

/**
 * By how much of itself a percentile differs from the exact one at most, from 1 ms to 57 minutes. The ranges of times are
 * those of DDSketch (Masson, Rim and Lee, 2019): each is `GROWTH` times as wide as the one below, so that histograms of any
 * items add up.
 */
export const LATENCY_ERROR = 0.1;
const GROWTH = (1 + LATENCY_ERROR) / (1 - LATENCY_ERROR);
/** The last range has all that is longer too: 2 × 76 counts and the sums fit into one expression of DynamoDB (4 KB, 300 operators). */
const LAST = 75;
const NAME = /^([df])(\d{1,3})$/;
const DIGITS = 4;

/** How many requests took about so long, in ascending order. */
export type Histogram = readonly (readonly [ms: number, count: number])[];

export interface Percentiles {
  /** Requests of which they are. */
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The attribute that counts a time. @param ms at least 0 */
export function latencyCount(latency: Latency, ms: number): LatencyCount {
  const index = ms <= 1 ? 0 : Math.min(LAST, Math.ceil(Math.log(ms) / Math.log(GROWTH)));
  return `${LATENCY_PREFIXES[latency]}${index}`;
}

export function isLatencyCount(name: string): name is LatencyCount {
  const [, , index] = NAME.exec(name) ?? [];
  return index !== undefined && Number(index) <= LAST;
}

/** The counts of an item as times. Empty where none of its requests was counted so, as releases before did not. */
export function histogramOf(sums: Readonly<Record<string, number>>, latency: Latency): Histogram {
  return Object.entries(sums)
    .flatMap(([name, count]): readonly (readonly [index: number, count: number])[] => {
      const [, prefix, index] = NAME.exec(name) ?? [];
      return prefix === LATENCY_PREFIXES[latency] && count > 0 ? [[Number(index), count]] : [];
    })
    .toSorted(([a], [b]) => a - b)
    .map(([index, count]) => [timeOf(index), count]);
}

/** By nearest rank. @returns undefined where there is no request */
export function percentilesOf(histogram: Histogram): Percentiles | undefined {
  const count = histogram.reduce((sum, [, each]) => sum + each, 0);
  if (count === 0) return undefined;
  const at = (share: number) => percentileOfCounts(histogram, share);
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The time from which both ends of the range differ by the same share. */
function timeOf(index: number): number {
  return Number(((2 * GROWTH ** index) / (GROWTH + 1)).toPrecision(DIGITS));
}
