import type { USAGE_GROUPINGS, UsageWidth } from "../../../contracts/usage/usage-counter.ts";

export type UsageDimension = (typeof USAGE_GROUPINGS)["all"][number];

/** Which buckets of sums a page has. */
export interface BucketsQuery {
  readonly width: UsageWidth;
  /** Unix seconds; the bucket in which it is is the first. */
  readonly start: number;
  /** Unix seconds; no bucket begins there or later. */
  readonly end: number;
  /** Most buckets of the page. */
  readonly limit: number;
  readonly groupBy: readonly UsageDimension[];
  /** Whether results have histograms of latencies, which count towards the size of a page. @default false */
  readonly hasLatency?: boolean;
  /** How many results the page has for each group. @default 1 */
  readonly resultsPerGroup?: number;
  /** The values that count, by dimension. @default - all */
  readonly filters: Readonly<Partial<Record<UsageDimension, readonly string[]>>>;
  /** Whether sums that have nothing but a cost are among the groups, such as that of a pool without requests. @default false */
  readonly withCost?: boolean;
}
