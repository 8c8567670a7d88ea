import * as z from "zod";
import { segmentOf } from "../../domain/usage/segment-names.ts";
import { usageAdditions } from "../../domain/usage/usage-sums.ts";
import type { DynamoUsageSums } from "./dynamo-usage-sums.ts";
import { readSegment } from "./read-segment.ts";
import type { S3UsageFiles } from "./s3-usage-files.ts";

/** S3's notification of objects that were written; its keys are encoded as in a form. */
const Notification = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).min(1),
});
/** A request to look for files that were missed. `days`: how old they may be. @default - a day, as the schedule needs */
const Search = z.object({ days: z.int().min(1).max(3650).optional() });

export interface CountTools {
  readonly files: Pick<S3UsageFiles, "read" | "list">;
  readonly sums: Pick<DynamoUsageSums, "add" | "counted">;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface CountResult {
  /** Files that are older than 15 minutes and not counted. @default - it was not looked for them */
  readonly uncounted?: number;
  /** Lines that are no usage events. */
  readonly unreadable: number;
  readonly errors: readonly Error[];
}

const DAY_MS = 86_400_000;
/** A file that is younger is counted by its own notification. */
const MISSED_MS = 15 * 60_000;
/** Of a run, before Lambda ends it. */
const RUN_MS = 240_000;

/**
 * Counts the events of the files that a notification of S3 names, or of all that were missed. A file that is counted
 * changes nothing when it is counted again; one that fails does not keep the others back.
 */
export async function countUsage(event: unknown, tools: CountTools): Promise<CountResult> {
  const notification = Notification.safeParse(event);
  if (notification.success) {
    const keys = notification.data.Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll("+", " ")));
    return await countFiles(keys, tools);
  }
  const { days = 1 } = Search.parse(event);
  return await countMissed(days * DAY_MS, tools);
}

async function countMissed(ageMs: number, tools: CountTools): Promise<CountResult> {
  const { files, sums, now } = tools;
  const start = now();
  const written = await files.list(start, ageMs);
  const old = written.filter(({ writtenAt }) => start - writtenAt >= MISSED_MS);
  const counted = await sums.counted(old.map(({ key }) => segmentOf(key)));
  const missed = old.filter(({ key }) => !counted.has(segmentOf(key))).map(({ key }) => key);
  const result = await countFiles(missed, tools);
  return { ...result, uncounted: result.left };
}

/** Counts these files, and says how many are left. */
export async function countFiles(
  keys: readonly string[],
  { files, sums, now }: CountTools,
): Promise<CountResult & { readonly left: number }> {
  const errors: Error[] = [];
  const end = now() + RUN_MS;
  let unreadable = 0;
  let left = keys.length;
  for (const key of keys) {
    if (now() >= end) {
      errors.push(new Error(`The time of this run is over before ${left} of ${keys.length} files are counted.`));
      break;
    }
    try {
      const segment = readSegment(await files.read(key));
      unreadable += segment.unreadable;
      await sums.add(segmentOf(key), usageAdditions(segment.events));
      left--;
    } catch (error) {
      errors.push(new Error(`${key} was not counted: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  return { unreadable, errors, left };
}
