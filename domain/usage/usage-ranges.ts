import {
  USAGE_GROUPINGS,
  USAGE_SHARDS,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageWidth,
} from "../../contracts/usage/usage-counter.ts";
import { bucketStart, type UsageValues, usageEntry, usagePeriod, usageSeries, usageShard } from "./usage-keys.ts";

/** Which sums a reader wants: those of a grouping in all buckets that begin in a span of time. */
export interface UsageQuery {
  readonly width: UsageWidth;
  readonly grouping: UsageGrouping;
  /** Unix seconds; the bucket in which it is is the first. */
  readonly start: number;
  /** Unix seconds; buckets that begin there or later are not read. */
  readonly end: number;
}

/** One Query of the usage table: `series = :series AND entry BETWEEN :from AND :to`. */
export interface UsageRange {
  readonly series: string;
  readonly from: string;
  readonly to: string;
}

/** No usage is older, in Unix seconds: events of 2026, the first that were counted, may be of ten years before at most. */
export const FIRST_USAGE = 1_451_606_400;

/** The Queries of the days (UTC) of a span that have usage: one for each year. */
export function usedDayRanges(start: number, end: number): readonly UsageRange[] {
  return usageRanges({ width: "1d", grouping: "total", start: Math.max(FIRST_USAGE, start), end });
}

/** The character behind the blank that parts values: what begins with a value and a blank sorts before the value and this. */
const BEHIND_BLANK = "!";

/**
 * The Queries that read all sums of a query, in the order of time; those of one period, one for each shard, are
 * beside each other.
 */
export function usageRanges(query: UsageQuery): readonly UsageRange[] {
  return periodsOf(query).flatMap(({ first, last }) =>
    shardsOf(query.grouping, undefined).map((shard) => ({
      series: usageSeries(query.width, query.grouping, first, shard),
      from: usageEntry(first, []),
      to: `${usageEntry(last, [])}${BEHIND_BLANK}`,
    })),
  );
}

/**
 * The Queries that read the sums whose first dimensions have these values, e.g. of one project in the grouping `all`: one
 * for each bucket.
 */
export function usageRangesOf(query: UsageQuery, firstValues: UsageValues): readonly UsageRange[] {
  if (firstValues.length === 0) return usageRanges(query);
  const isWhole = firstValues.length === USAGE_GROUPINGS[query.grouping].length;
  return bucketsOf(query).flatMap((start) =>
    shardsOf(query.grouping, firstValues[0]).map((shard) => {
      const from = usageEntry(start, firstValues);
      const series = usageSeries(query.width, query.grouping, start, shard);
      return { series, from, to: isWhole ? from : `${from}${BEHIND_BLANK}` };
    }),
  );
}

/** The starts of a query's buckets. */
export function bucketsOf({ width, start, end }: Pick<UsageQuery, "width" | "start" | "end">): readonly number[] {
  const buckets: number[] = [];
  for (let at = bucketStart(width, start); at < end; at += USAGE_WIDTHS[width]) buckets.push(at);
  return buckets;
}

interface Period {
  /** Starts of its first and last bucket of the query. */
  readonly first: number;
  readonly last: number;
}

function periodsOf(query: UsageQuery): readonly Period[] {
  const periods = new Map<string, Period>();
  for (const start of bucketsOf(query)) {
    const name = usagePeriod(query.width, start);
    periods.set(name, { first: periods.get(name)?.first ?? start, last: start });
  }
  return [...periods.values()];
}

function shardsOf(grouping: UsageGrouping, firstValue: string | undefined): readonly number[] {
  if (firstValue !== undefined) return [usageShard(grouping, firstValue)];
  return Array.from({ length: USAGE_SHARDS[grouping] }, (_, shard) => shard);
}
