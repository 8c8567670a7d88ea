import {
  USAGE_GROUPINGS,
  USAGE_SUMS,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageSums,
} from "../../../contracts/usage/usage-counter.ts";
import { bucketStart } from "../../../domain/usage/usage-keys.ts";
import { bucketsOf } from "../../../domain/usage/usage-ranges.ts";
import { addSums, isZero } from "../../../domain/usage/usage-sums.ts";
import { ControlError } from "../call/control-error.ts";
import type { StoredSums, UsageSource } from "../store/usage-source.ts";
import type { BucketsQuery, UsageDimension } from "./buckets-query.ts";
import { MAX_READ_SUMS, sumsReader } from "./sums-reader.ts";

/** The sums of the requests with these values of the dimensions of `groupBy`. */
export interface UsageGroup {
  readonly values: Readonly<Partial<Record<UsageDimension, string>>>;
  readonly sums: UsageSums;
}

export interface UsageBucket {
  /** Unix seconds. */
  readonly start: number;
  readonly end: number;
  readonly groups: readonly UsageGroup[];
}

export interface UsageBuckets {
  readonly buckets: readonly UsageBucket[];
  /** Start of the bucket with which the next page begins. @default - this was the last page */
  readonly next: number | undefined;
}

/** Groups of one page: a load balancer takes at most 1 MB of a function. */
const MAX_GROUPS = 2500;
/** A result has some 350 bytes. Percentiles have 250 more, and each time of a histogram 12. */
const GROUPS_PER_LATENCY = 0.7;
const TIMES_PER_GROUP = 30;
/** Buckets whose sums are all read at once, at most so many times as many as before: the next ones may have more than those. */
const MORE = 32;
const FEWER = 4;

/**
 * The sums of a page, from the smallest set of stored sums that has all of its dimensions. A page that would be too
 * large ends before the bucket that makes it so.
 * @throws {ControlError} where one bucket alone is too large
 */
export async function usageBuckets(source: UsageSource, query: BucketsQuery): Promise<UsageBuckets> {
  const firsts = firstBuckets(query);
  const { grouping, perPage, isAtOnce, read: readSums } = sumsReader(source, query);
  const starts = firsts.slice(0, Math.min(query.limit, perPage));
  const buckets: UsageBucket[] = [];
  const left = { sums: MAX_READ_SUMS, groups: MAX_GROUPS };
  let atOnce = isAtOnce ? starts.length : 1;
  while (buckets.length < starts.length && atOnce > 0) {
    const part = starts.slice(buckets.length, buckets.length + atOnce);
    const found = await readSums(part, left.sums);
    if (found === undefined && part.length > 1) {
      atOnce = Math.ceil(part.length / FEWER);
      continue;
    }
    const read = found === undefined ? [] : bucketsFrom(found, part, query, grouping);
    const count = buckets.length;
    for (const bucket of read) {
      left.groups -= sizeOf(bucket, query);
      if (left.groups < 0) break;
      buckets.push(bucket);
    }
    if (buckets.length === 0) throw tooMany(part[0] ?? query.start, query);
    if (buckets.length < count + part.length) break;
    left.sums -= found?.length ?? 0;
    atOnce = Math.min(atOnce * MORE, fittingBuckets(buckets.length, left));
  }
  return { buckets, next: firsts[buckets.length] };
}

/** How many more buckets fit that are as large as those before in the mean. */
function fittingBuckets(read: number, left: { readonly sums: number; readonly groups: number }): number {
  const used = { sums: MAX_READ_SUMS - left.sums, groups: MAX_GROUPS - left.groups };
  return Math.floor(Math.min((left.sums / used.sums) * read, (left.groups / used.groups) * read, MAX_GROUPS));
}

/** The buckets of a page and the one behind it, of a span of any length. */
function firstBuckets({ width, start, end, limit }: BucketsQuery): readonly number[] {
  return bucketsOf({ width, start, end: Math.min(end, bucketStart(width, start) + (limit + 1) * USAGE_WIDTHS[width]) });
}

function bucketsFrom(
  found: readonly StoredSums[],
  starts: readonly number[],
  { width, groupBy, filters, withCost = false }: BucketsQuery,
  grouping: UsageGrouping,
): readonly UsageBucket[] {
  const dimensions: readonly UsageDimension[] = USAGE_GROUPINGS[grouping];
  const byStart = new Map(starts.map((start) => [start, new Map<string, UsageGroup>()]));
  for (const { start, values, sums } of found) {
    const all: Readonly<Partial<Record<UsageDimension, string>>> = Object.fromEntries(
      dimensions.map((dimension, index) => [dimension, values[index] ?? ""]),
    );
    const isWanted = dimensions.every((dimension) => filters[dimension]?.includes(all[dimension] ?? "") ?? true);
    const groups = byStart.get(start);
    if (!isWanted || groups === undefined || (!withCost && isZero({ ...sums, costNanoUsd: 0 }))) continue;
    const own = Object.fromEntries(groupBy.map((dimension) => [dimension, all[dimension] ?? ""]));
    const name = JSON.stringify(Object.values(own));
    const before = groups.get(name);
    groups.set(name, { values: own, sums: before === undefined ? sums : addSums(before.sums, sums) });
  }
  return Array.from(byStart, ([start, groups]) => ({
    start,
    end: start + USAGE_WIDTHS[width],
    groups: [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
  }));
}

/** In results without latency. */
function sizeOf({ groups }: UsageBucket, { hasLatency = false, resultsPerGroup = 1 }: BucketsQuery): number {
  if (!hasLatency) return groups.length * resultsPerGroup;
  const times = groups.reduce((sum, group) => sum + Object.keys(group.sums).length - USAGE_SUMS.length, 0);
  return groups.length * (1 + GROUPS_PER_LATENCY) + times / TIMES_PER_GROUP;
}

function tooMany(start: number, { hasLatency = false }: BucketsQuery): ControlError {
  if (hasLatency)
    return new ControlError(
      "invalid_request",
      `The bucket that begins at ${start} has more results with latency than a page has room for, or is summed from more than ${MAX_READ_SUMS}. Leave out include[], filter by project_ids[], user_ids[], api_key_ids[] or models[], or group by less.`,
      { param: "include[]" },
    );
  return new ControlError(
    "invalid_request",
    `The bucket that begins at ${start} has more than ${MAX_GROUPS} results, or is summed from more than ${MAX_READ_SUMS}. Filter by project_ids[], user_ids[], api_key_ids[] or models[], or group by less.`,
    { param: "group_by[]" },
  );
}
