import * as z from "zod";
import { readSegment } from "../count-usage/read-segment.ts";
import type { S3UsageFiles } from "../count-usage/s3-usage-files.ts";
import {
  endOf,
  hoursOf,
  type OutdatedPart,
  outdatedParts,
  partsPrefix,
  SETTLED_MS,
  segmentsPrefix,
} from "./hour-parts.ts";
import { ParquetFile } from "./parquet-file.ts";

/** A call. `days`: how many days before today are looked at. @default - 3 days, as the schedule needs */
const Search = z.object({ days: z.int().min(0).max(3650).optional() });

export interface ArchiveTools {
  readonly files: Pick<S3UsageFiles, "read" | "under" | "write">;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface ArchiveResult {
  /** Files of Parquet that were written. */
  readonly written: number;
  /** Events in them. */
  readonly events: number;
  readonly errors: readonly Error[];
}

const DAY_MS = 86_400_000;
/** Of a run, before Lambda ends it. */
const RUN_MS = 240_000;

/**
 * Writes the events of the hours that are over as files of Parquet, the newest day first, and writes those files again to
 * which a segment came late. The segments stay; a file that is written twice has the same rows. What a run has no time for
 * is left to the next one.
 */
export async function archiveUsage(event: unknown, tools: ArchiveTools): Promise<ArchiveResult> {
  const { files, now } = tools;
  const { days = 3 } = Search.parse(event);
  const start = now();
  const errors: Error[] = [];
  let written = 0;
  let events = 0;
  for (let age = 0; age <= days; age++) {
    const day = new Date(start - age * DAY_MS).toISOString().slice(0, 10);
    const hours = hoursOf(day, await files.under(segmentsPrefix(day)), await files.under(partsPrefix(day)));
    const over = hours.filter(({ hour }) => endOf(hour) + SETTLED_MS <= start);
    for (const part of over.flatMap(({ hour, segments, parts }) => outdatedParts(hour, segments, parts))) {
      if (now() >= start + RUN_MS) {
        errors.push(new Error(`The time of this run is over before ${part.key} is written.`));
        return { written, events, errors };
      }
      try {
        events += await writePart(part, files);
        written++;
      } catch (error) {
        errors.push(
          new Error(`${part.key} was not written: ${error instanceof Error ? error.message : String(error)}`),
        );
      }
    }
  }
  return { written, events, errors };
}

/** @returns the number of its events */
async function writePart({ key, segments }: OutdatedPart, files: ArchiveTools["files"]): Promise<number> {
  const file = new ParquetFile();
  let count = 0;
  for (const segment of segments) {
    const { events } = readSegment(await files.read(segment));
    await file.add(events);
    count += events.length;
  }
  await files.write(key, await file.finish());
  return count;
}
