import { createHash } from "node:crypto";
import { USAGE_PARQUET_PREFIX, USAGE_SEGMENTS_PREFIX } from "../../contracts/usage/usage-counter.ts";
import type { UsageFile } from "../count-usage/s3-usage-files.ts";

/** An hour of UTC in which segments began. */
export interface UsageHour {
  /** `2026-11-29` */
  readonly day: string;
  /** `09` */
  readonly hour: string;
}

/** A file of Parquet that lacks events, and the segments of which it is to be made. */
export interface OutdatedPart {
  readonly key: string;
  /** Keys, in their order. */
  readonly segments: readonly string[];
}

/** Of one file, with 2,000 events each: so many that Athena reads few files, and so few that a run writes several. */
export const SEGMENTS_PER_PART = 100;
/**
 * A file that was written longer than this after the last of its segments has them all: a run lists them first, and ends
 * after 5 minutes.
 */
export const SETTLED_MS = 10 * 60_000;

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
const PART = /\/events-\d+-of-(\d+)\.parquet$/;

/** Begin of the keys of a day's segments. */
export function segmentsPrefix(day: string): string {
  return `${USAGE_SEGMENTS_PREFIX}date=${day}/`;
}

/** Begin of the keys of a day's files of Parquet. */
export function partsPrefix(day: string): string {
  return `${USAGE_PARQUET_PREFIX}day=${day}/`;
}

/** The files of each hour of a day. */
export function hoursOf(day: string, segments: readonly UsageFile[], parts: readonly UsageFile[]) {
  return HOURS.map((hour) => ({
    hour: { day, hour },
    segments: segments.filter(({ key }) => key.startsWith(`${segmentsPrefix(day)}hour=${hour}/`)),
    parts: parts.filter(({ key }) => key.startsWith(`${partsPrefix(day)}hour=${hour}/`)),
  }));
}

/** Unix milliseconds of its end. */
export function endOf({ day, hour }: UsageHour): number {
  return Date.parse(`${day}T${hour}:00:00Z`) + 3_600_000;
}

/**
 * Which files of an hour must be written. A segment is in one file, by a digest of its name, and the number of an hour's files
 * never changes: so a reader sees each event once, also while a segment that came late is added.
 * @param parts files of the hour that are there
 */
export function outdatedParts(
  hour: UsageHour,
  segments: readonly UsageFile[],
  parts: readonly UsageFile[],
): readonly OutdatedPart[] {
  const written = new Map(parts.map(({ key, writtenAt }) => [key, writtenAt]));
  const count = parts.map(({ key }) => Number(PART.exec(key)?.[1])).find((of) => of > 0) ?? partsFor(segments.length);
  const byPart = Map.groupBy(segments, ({ key }) => partOf(key, count));
  return [...byPart]
    .toSorted(([a], [b]) => a - b)
    .map(([part, files]) => ({
      key: `${partsPrefix(hour.day)}hour=${hour.hour}/events-${part + 1}-of-${count}.parquet`,
      files,
    }))
    .filter(({ key, files }) => files.some(({ writtenAt }) => writtenAt + SETTLED_MS >= (written.get(key) ?? 0)))
    .map(({ key, files }) => ({ key, segments: files.map((file) => file.key).toSorted() }));
}

function partsFor(segments: number): number {
  return Math.max(1, Math.ceil(segments / SEGMENTS_PER_PART));
}

function partOf(segmentKey: string, count: number): number {
  return createHash("sha256").update(segmentKey).digest().readUInt32BE(0) % count;
}
