import { hash } from "node:crypto";
import {
  USAGE_GROUPINGS,
  USAGE_SHARDS,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageWidth,
} from "../../contracts/usage/usage-counter.ts";

/** Primary key of an item of the usage table. */
export interface UsageItemKey {
  /** `<width> <grouping> <period>/<shard>`, e.g. `1m project 2026-11-29/0`. */
  readonly series: string;
  /** `<bucket start> <value> <value>…`: Unix seconds in 10 digits, then each dimension's value, percent-encoded. */
  readonly entry: string;
}

/** A dimension that a request does not have, such as the user of a service account's key, is "". */
export type UsageValues = readonly string[];

const START_DIGITS = 10;
/** Characters of an ISO date that name the period of a partition key: a day of minutes, a month of hours, a year of days. */
const PERIOD_CHARACTERS: Readonly<Record<UsageWidth, number>> = { "1m": 10, "1h": 7, "1d": 4 };

/** Start of the bucket in which a time is. @param seconds Unix time */
export function bucketStart(width: UsageWidth, seconds: number): number {
  return Math.floor(seconds / USAGE_WIDTHS[width]) * USAGE_WIDTHS[width];
}

/** @param values one for each dimension of the grouping, in its order */
export function usageItemKey(
  width: UsageWidth,
  grouping: UsageGrouping,
  start: number,
  values: UsageValues,
): UsageItemKey {
  return {
    series: usageSeries(width, grouping, start, usageShard(grouping, values[0] ?? "")),
    entry: usageEntry(start, values),
  };
}

export function usageSeries(width: UsageWidth, grouping: UsageGrouping, start: number, shard: number): string {
  return `${width} ${grouping} ${usagePeriod(width, start)}/${shard}`;
}

/** E.g. `2026-11-29` for minutes, `2026-11` for hours, `2026` for days. */
export function usagePeriod(width: UsageWidth, start: number): string {
  return new Date(start * 1000).toISOString().slice(0, PERIOD_CHARACTERS[width]);
}

/** Which of the grouping's partition keys has this value of its first dimension. */
export function usageShard(grouping: UsageGrouping, firstValue: string): number {
  const shards = USAGE_SHARDS[grouping];
  return shards === 1 ? 0 : hash("sha256", firstValue, "buffer").readUInt32BE() % shards;
}

/** The sort key, or the beginning of one when fewer values are given than the grouping has. */
export function usageEntry(start: number, values: UsageValues): string {
  return [String(start).padStart(START_DIGITS, "0"), ...values.map(escaped)].join(" ");
}

/** What an item's key says. @returns undefined for an item that is no sum, or one of a grouping that this release does not know */
export function readUsageKey(key: UsageItemKey): UsageKeyParts | undefined {
  const [width, grouping] = key.series.split(" ");
  const [start, ...values] = key.entry.split(" ");
  if (!isWidth(width) || !isGrouping(grouping)) return undefined;
  if (start?.length !== START_DIGITS || values.length !== USAGE_GROUPINGS[grouping].length) return undefined;
  return { width, grouping, start: Number(start), values: values.map(decodeURIComponent) };
}

export interface UsageKeyParts {
  readonly width: UsageWidth;
  readonly grouping: UsageGrouping;
  /** Unix seconds. */
  readonly start: number;
  readonly values: UsageValues;
}

/** Without blanks; half a surrogate pair, which can't be encoded, becomes the replacement character. */
function escaped(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function isWidth(width: string | undefined): width is UsageWidth {
  return width !== undefined && Object.hasOwn(USAGE_WIDTHS, width);
}

function isGrouping(grouping: string | undefined): grouping is UsageGrouping {
  return grouping !== undefined && Object.hasOwn(USAGE_GROUPINGS, grouping);
}
