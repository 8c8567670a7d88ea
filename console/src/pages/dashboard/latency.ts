import type { CompletionsUsage, Latency } from "../../../../contracts/control/usage.ts";
import { percentileOfCounts } from "../../../../lib/percentile.ts";

/** How many requests took about so many milliseconds. Those of several results add up, their percentiles don't. */
export type Times = ReadonlyMap<number, number>;

export interface Latencies {
  readonly duration: Times;
  readonly firstToken: Times;
}

export const NO_TIMES: Times = new Map();
const SHARES = [0.5, 0.95, 0.99] as const;

/** Empty where the service sent none. */
export function latenciesOf({ latency }: Pick<CompletionsUsage, "latency">): Latencies {
  return { duration: timesOf(latency?.duration), firstToken: timesOf(latency?.first_token) };
}

function timesOf(latency: Latency | undefined): Times {
  return latency == null ? NO_TIMES : new Map(latency.histogram);
}

export function addTimes(a: Times, b: Times): Times {
  if (a.size === 0 || b.size === 0) return a.size === 0 ? b : a;
  const sum = new Map(a);
  for (const [ms, count] of b) sum.set(ms, (sum.get(ms) ?? 0) + count);
  return sum;
}

/** Requests that were counted by their time. */
export function countOf(times: Times): number {
  return [...times.values()].reduce((sum, count) => sum + count, 0);
}

/** Milliseconds at p50, p95 and p99 by nearest rank, as the service computes them. @returns undefined where there are none */
export function percentilesOf(times: Times): readonly [p50: number, p95: number, p99: number] | undefined {
  if (times.size === 0) return undefined;
  const sorted = [...times].toSorted(([a], [b]) => a - b);
  const at = (share: number) => percentileOfCounts(sorted, share);
  const [p50, p95, p99] = SHARES;
  return [at(p50), at(p95), at(p99)];
}
