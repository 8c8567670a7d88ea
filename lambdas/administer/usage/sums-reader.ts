import { USAGE_GROUPINGS, type UsageGrouping } from "../../../contracts/usage/usage-counter.ts";
import { type UsageQuery, usageRanges, usageRangesOf } from "../../../domain/usage/usage-ranges.ts";
import { isZero } from "../../../domain/usage/usage-sums.ts";
import type { StoredSums, UsageSource } from "../store/usage-source.ts";
import type { BucketsQuery } from "./buckets-query.ts";
import { readRanges } from "./read-ranges.ts";
import { type ScatteredValues, sumsOfValues } from "./sums-of-values.ts";

/** Sums that one request reads: some 5 MB of the table. */
export const MAX_READ_SUMS = 20_000;
/** Queries of one request, where each reads one bucket of one value. */
const MAX_QUERIES = 200;
/** Keys or users of a filter that are searched for in the projects that they use, and projects of a filter that are read as such. */
const FEW_VALUES = 8;

/** How the sums of a query are read. */
export interface SumsReader {
  /** The smallest set of stored sums that has all of the query's dimensions. */
  readonly grouping: UsageGrouping;
  /** Most buckets of one page. */
  readonly perPage: number;
  /** Whether few sums but those of the page are read, so that all buckets can be read at once. */
  readonly isAtOnce: boolean;
  /**
   * All sums of buckets that the query counts, perhaps among others.
   * @param starts of the buckets, one after the other
   * @returns undefined where there are more than `most`
   */
  read(starts: readonly number[], most: number): Promise<readonly StoredSums[] | undefined>;
}

export function sumsReader(source: UsageSource, query: BucketsQuery): SumsReader {
  const { width, filters, hasLatency = false } = query;
  const grouping = groupingFor(query);
  const spanOf = (starts: readonly number[]): UsageQuery => ({
    width,
    grouping,
    start: starts[0] ?? 0,
    end: (starts.at(-1) ?? -1) + 1,
  });
  const scattered = grouping === "all" ? scatteredValues(filters) : undefined;
  if (scattered !== undefined)
    return {
      grouping,
      perPage: perPage(scattered.values),
      isAtOnce: true,
      read: (starts, most) => sumsOfValues(source, { width, starts, most, hasLatency }, scattered),
    };
  const [dimension] = USAGE_GROUPINGS[grouping];
  // Of the kinds there are few: to read all is less than to read each bucket for itself.
  const values = dimension === "kind" ? undefined : filters[dimension];
  // A value that comes twice counts once: each is read for itself.
  const wanted = values === undefined ? undefined : [...new Set(values)];
  const isByValue = wanted !== undefined && wanted.length <= MAX_QUERIES;
  const isRare = grouping !== "total" && filters.kind?.includes("completions") === false;
  return {
    grouping,
    perPage: isByValue ? perPage(wanted) : Number.POSITIVE_INFINITY,
    isAtOnce: isByValue || isRare,
    read: async (starts, most) => {
      const span = isRare ? await usedSpan(source, query, spanOf(starts)) : spanOf(starts);
      const ranges = isByValue ? wanted.flatMap((value) => usageRangesOf(span, [value])) : usageRanges(span);
      return await readRanges(source, ranges, most, hasLatency);
    },
  };
}

function perPage(values: readonly string[]): number {
  return Math.max(1, Math.floor(MAX_QUERIES / Math.max(1, values.length)));
}

/** Keys, or else users, that a filter names beside no project, or beside more projects than can be read one by one. */
function scatteredValues({ projectId, keyId, userId, kind }: BucketsQuery["filters"]): ScatteredValues | undefined {
  if (projectId !== undefined && new Set(projectId).size <= FEW_VALUES) return undefined;
  const isFew = (values: readonly string[] | undefined) => values !== undefined && new Set(values).size <= FEW_VALUES;
  const grouping = isFew(keyId) ? "key" : "user";
  const values = grouping === "key" ? keyId : userId;
  return values !== undefined && isFew(values) ? { grouping, values: [...new Set(values)], kinds: kind } : undefined;
}

/** The part of a span from the first to the last bucket with usage of the wanted kinds, by the sums of all requests: others are not searched for them. */
async function usedSpan(source: UsageSource, { filters }: BucketsQuery, span: UsageQuery): Promise<UsageQuery> {
  const totals = await readRanges(source, usageRanges({ ...span, grouping: "total" }), MAX_READ_SUMS, false);
  const used = (totals ?? [])
    .filter(({ values: [kind = ""], sums }) => filters.kind?.includes(kind) && !isZero(sums))
    .map(({ start }) => start);
  return used.length === 0
    ? { ...span, end: span.start }
    : { ...span, start: Math.min(...used), end: Math.max(...used) + 1 };
}

function groupingFor({ groupBy, filters }: BucketsQuery): UsageGrouping {
  const needed = [...groupBy, ...Object.keys(filters)];
  const names = Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[];
  return names.find((name) => needed.every((one) => isIn(USAGE_GROUPINGS[name], one))) ?? "all";
}

function isIn(dimensions: readonly string[], name: string): boolean {
  return dimensions.includes(name);
}
