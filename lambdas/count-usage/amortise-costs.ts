import { type AmortisedPools, amortisedSeries } from "../../contracts/usage/amortised-cost.ts";
import { amortisedAdditions, HourOfPools } from "../../domain/usage/amortised-cost.ts";
import { hourPrefix } from "../../domain/usage/segment-names.ts";
import { bucketStart } from "../../domain/usage/usage-keys.ts";
import type { AmortisedShares } from "./amortised-shares.ts";
import type { DynamoUsageSums } from "./dynamo-usage-sums.ts";
import type { PoolCosts } from "./pool-costs.ts";
import { readSegment } from "./read-segment.ts";
import type { S3UsageFiles } from "./s3-usage-files.ts";

export interface AmortiseTools {
  readonly pools: AmortisedPools;
  readonly files: Pick<S3UsageFiles, "read" | "under">;
  readonly sums: Pick<DynamoUsageSums, "add" | "counted">;
  readonly shares: Pick<AmortisedShares, "write">;
  /** What the pools cost, by the beginnings of hours. @param from Unix seconds @param to the end of the last hour */
  readonly costs: (from: number, to: number) => Promise<ReadonlyMap<number, PoolCosts>>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const HOUR = 3600;
/** A file of events is closed after 15 minutes at most, and an hour's cost is published five minutes past. */
const READY_SECONDS = 1800;
/** Hours that are looked at, for those that failed. */
const HOURS = 24;
/** After this time an hour that has events and no cost is an error. */
const LATE_SECONDS = 3 * HOUR;
/** Of a run, before Lambda ends it. */
const RUN_MS = 240_000;

/**
 * Adds what pools cost in each of the last 24 hours to the sums of those who used them, once: the shares are stored first, and a
 * repeated or interrupted run counts the same ones.
 * @param began when the run began, in Unix milliseconds
 * @returns why hours are left out, which the next run tries again
 */
export async function amortiseCosts(began: number, tools: AmortiseTools): Promise<readonly Error[]> {
  const hours = await openHours(tools);
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return [];
  const costs = await tools.costs(first, last + HOUR);
  const errors: Error[] = [];
  for (const hour of hours) {
    try {
      const ofHour = costs.get(hour);
      if (ofHour !== undefined) await amortiseHour(hour, ofHour, began + RUN_MS, tools);
      else if (await isLate(hour, tools)) throw new Error("its cost was not published: see the log of publish-cost");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      errors.push(new Error(`${amortisedSeries(hour)}: the cost of pools was not shared: ${why}`));
    }
  }
  return errors;
}

/** Hours whose events are complete and whose costs are not counted, the oldest first. */
async function openHours({ sums, now }: AmortiseTools): Promise<readonly number[]> {
  const end = bucketStart("1h", now() / 1000 - READY_SECONDS);
  const hours = Array.from({ length: HOURS }, (_, index) => end - (HOURS - index) * HOUR);
  const counted = await sums.counted(hours.map(amortisedSeries));
  return hours.filter((hour) => !counted.has(amortisedSeries(hour)));
}

async function isLate(hour: number, { files, now }: AmortiseTools): Promise<boolean> {
  return now() / 1000 - (hour + HOUR) > LATE_SECONDS && (await files.under(hourPrefix(hour))).length > 0;
}

async function amortiseHour(hour: number, costs: PoolCosts, endMs: number, tools: AmortiseTools): Promise<void> {
  const { pools, files, sums, shares, now } = tools;
  const tokens = new HourOfPools(pools, hour);
  // A segment has the hour in which it began, and events of the next one at most.
  for (const from of [hour - HOUR, hour])
    for (const { key } of await files.under(hourPrefix(from))) {
      if (now() >= endMs) throw new Error("the time of this run is over");
      for (const event of readSegment(await files.read(key)).events)
        if (bucketStart("1h", Date.parse(event.endedAt) / 1000) === hour) tokens.add(event);
    }
  // A pool that has no cost there was not deployed yet.
  const found = Object.keys(pools).flatMap((pool) => tokens.shares(pool, costs.get(pool) ?? 0));
  await sums.add(amortisedSeries(hour), amortisedAdditions(await shares.write(hour, found), hour));
}
