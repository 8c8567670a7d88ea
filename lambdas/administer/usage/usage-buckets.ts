import {
  USAGE_GROUPINGS,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageSums,
  type UsageWidth,
} from "../../../contracts/usage/usage-counter.ts";
import { bucketsOf, type UsageRange, usageRanges, usageRangesOf } from "../../../domain/usage/usage-ranges.ts";
import { addSums } from "../../../domain/usage/usage-sums.ts";
import { ControlError } from "../call/control-error.ts";
import type { StoredSums, UsageSource } from "../store/usage-source.ts";

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
  /** The values that count, by dimension. @default - all */
  readonly filters: Readonly<Partial<Record<UsageDimension, readonly string[]>>>;
}

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

/** Sums that one request reads: some 5 MB of the table. */
const MAX_READ_SUMS = 20_000;
/** Groups of one page: a load balancer takes at most 1 MB of a function. */
const MAX_GROUPS = 2500;
/** Queries of one request, where each reads one bucket of one value. */
const MAX_QUERIES = 200;
const QUERIES_AT_ONCE = 16;
/** Buckets whose sums are all read at once, at first; then more of them, and fewer where these were too many. */
const FIRST_BUCKETS = 8;
const MORE = 4;
const FEWER = 4;

/**
 * The sums of a page, from the smallest set of stored sums that has all of its dimensions. A page that would be too
 * large ends before the bucket that makes it so.
 * @throws {ControlError} where one bucket alone is too large
 */
export async function usageBuckets(source: UsageSource, query: BucketsQuery): Promise<UsageBuckets> {
  const grouping = groupingFor(query);
  const all = bucketsOf(query);
  const [first] = USAGE_GROUPINGS[grouping];
  // Of the kinds there are few: to read all is less than to read each bucket for itself.
  const wanted = first === "kind" ? undefined : query.filters[first];
  const isByValue = wanted !== undefined && wanted.length <= MAX_QUERIES;
  const perPage = isByValue ? Math.max(1, Math.floor(MAX_QUERIES / Math.max(1, wanted.length))) : query.limit;
  const starts = all.slice(0, Math.min(query.limit, perPage));
  const rangesOf = (from: number, to: number): readonly UsageRange[] => {
    const span = { width: query.width, grouping, start: from, end: to };
    return isByValue ? wanted.flatMap((value) => usageRangesOf(span, [value])) : usageRanges(span);
  };
  const buckets: UsageBucket[] = [];
  const left = { sums: MAX_READ_SUMS, groups: MAX_GROUPS };
  let atOnce = isByValue ? starts.length : FIRST_BUCKETS;
  while (buckets.length < starts.length) {
    const part = starts.slice(buckets.length, buckets.length + atOnce);
    const [from, last] = [part[0] ?? 0, part.at(-1) ?? 0];
    const found = await readRanges(source, rangesOf(from, last + 1), left.sums);
    if (found === undefined && part.length > 1) {
      atOnce = Math.ceil(part.length / FEWER);
      continue;
    }
    const read = found === undefined ? [] : bucketsFrom(found, part, query, grouping);
    const count = buckets.length;
    for (const bucket of read) {
      left.groups -= bucket.groups.length;
      if (left.groups < 0) break;
      buckets.push(bucket);
    }
    if (buckets.length === 0) throw tooMany(from);
    if (buckets.length < count + part.length) break;
    left.sums -= found?.length ?? 0;
    atOnce *= MORE;
  }
  return { buckets, next: all[buckets.length] };
}

function groupingFor({ groupBy, filters }: BucketsQuery): UsageGrouping {
  const needed = [...groupBy, ...Object.keys(filters)];
  const names = Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[];
  return names.find((name) => needed.every((one) => isIn(USAGE_GROUPINGS[name], one))) ?? "all";
}

function isIn(dimensions: readonly string[], name: string): boolean {
  return dimensions.includes(name);
}

/** @returns undefined where there are more sums than `most` */
async function readRanges(
  source: UsageSource,
  ranges: readonly UsageRange[],
  most: number,
): Promise<readonly StoredSums[] | undefined> {
  const found: StoredSums[] = [];
  for (let index = 0; index < ranges.length; index += QUERIES_AT_ONCE) {
    const some = ranges.slice(index, index + QUERIES_AT_ONCE);
    const read = await Promise.all(some.map((range) => source.read(range, most - found.length)));
    for (const sums of read) {
      if (sums === undefined) return undefined;
      found.push(...sums);
    }
    if (found.length > most) return undefined;
  }
  return found;
}

function bucketsFrom(
  found: readonly StoredSums[],
  starts: readonly number[],
  { width, groupBy, filters }: BucketsQuery,
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
    if (!isWanted || groups === undefined) continue;
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

function tooMany(start: number): ControlError {
  return new ControlError(
    "invalid_request",
    `The bucket that begins at ${start} has more than ${MAX_GROUPS} results, or is summed from more than ${MAX_READ_SUMS}. Filter by project_ids[], user_ids[], api_key_ids[] or models[], or group by less.`,
    { param: "group_by[]" },
  );
}
