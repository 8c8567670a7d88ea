import {
  USAGE_GROUPINGS,
  USAGE_STORED_SECONDS,
  type UsageGrouping,
  type UsageSums,
  type UsageWidth,
} from "../../contracts/usage/usage-counter.ts";
import { readUsageKey, type UsageItemKey, type UsageKeyParts, usageItemKey } from "./usage-keys.ts";
import { addSums, changedSums, isZero, subtractSums, sumsWith, type UsageAddition } from "./usage-sums.ts";

/** Sums of the table that are not what they should be. */
export interface UsageDifference extends UsageItemKey {
  readonly parts: UsageKeyParts;
  readonly stored: UsageSums;
  /** What is to be added. */
  readonly missing: UsageSums;
  /** Unix seconds. @default - the item stays */
  readonly expiresAt: number | undefined;
}

export interface StoredUsage extends UsageItemKey {
  readonly sums: UsageSums;
}

const NONE = sumsWith({});

/** Compares sums with what they should be, in the order of their keys; sums that should not be there are of nothing. */
export function usageDifferences(
  expected: readonly UsageAddition[],
  stored: readonly StoredUsage[],
): readonly UsageDifference[] {
  const name = ({ series, entry }: UsageItemKey) => `${series} ${entry}`;
  const found = new Map(stored.map((item) => [name(item), item.sums]));
  const known = new Set(expected.map(name));
  const superfluous = stored
    .filter((item) => !known.has(name(item)))
    .map(({ series, entry }) => ({ series, entry, sums: NONE, expiresAt: undefined }));
  return [...expected, ...superfluous]
    .flatMap(({ series, entry, sums, expiresAt }): readonly UsageDifference[] => {
      const parts = readUsageKey({ series, entry });
      const before = found.get(name({ series, entry })) ?? NONE;
      const missing = subtractSums(sums, before);
      return parts === undefined || isZero(missing)
        ? []
        : [{ series, entry, parts, stored: before, missing, expiresAt }];
    })
    .toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}

/**
 * The sums of a bucket, from those of the narrower ones in it.
 * @param start of the bucket, in Unix seconds
 */
export function sumsOfBucket(
  parts: readonly StoredUsage[],
  width: UsageWidth,
  start: number,
): readonly UsageAddition[] {
  const storedSeconds = USAGE_STORED_SECONDS[width];
  const expiresAt = storedSeconds === undefined ? undefined : start + storedSeconds;
  const sums = new Map<string, UsageAddition>();
  for (const { series, entry, sums: added } of parts) {
    const read = readUsageKey({ series, entry });
    if (read === undefined) continue;
    const key = usageItemKey(width, read.grouping, start, read.values);
    const name = `${key.series} ${key.entry}`;
    const before = sums.get(name)?.sums;
    sums.set(name, { ...key, expiresAt, sums: before === undefined ? added : addSums(before, added) });
  }
  return [...sums.values()];
}

/** What all requests together lack in these buckets: the differences of the smallest grouping. */
export function missingInTotal(differences: readonly UsageDifference[], width: UsageWidth): UsageSums {
  const total: UsageGrouping = "total";
  return differences
    .filter(({ parts }) => parts.width === width && parts.grouping === total)
    .reduce((sums, { missing }) => addSums(sums, missing), NONE);
}

/** The differences as the API shows them. */
export function shownDifference({ parts, missing }: UsageDifference) {
  return {
    bucket_width: parts.width,
    start_time: parts.start,
    grouping: USAGE_GROUPINGS[parts.grouping].join(","),
    values: [...parts.values],
    missing: Object.fromEntries(changedSums(missing).map((name) => [name, missing[name] ?? 0])),
  };
}
