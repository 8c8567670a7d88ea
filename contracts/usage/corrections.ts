import * as z from "zod";
import { queryInteger } from "../query/query-integer.ts";
import { USAGE_WIDTHS } from "./usage-counter.ts";
import { UsageEvent } from "./usage-event.ts";

/** Characters of a reason. */
const MAX_REASON = 500;
/** Characters of a segment in base64: a load balancer takes at most 1 MB for a function. */
const MAX_CONTENT = 900_000;
const HOUR = USAGE_WIDTHS["1h"];
const MAX_TIME = 9_999_999_999;

/** Since 1970. */
const Seconds = z.int().nonnegative();

const Time = Seconds.max(MAX_TIME);
const Count = z.int().nonnegative();

/** What of an event can be taken back, by its name in this API. Money is in billionths of a dollar. */
export const ADJUSTABLE = {
  input_tokens: "inputTokens",
  input_cached_tokens: "inputCachedTokens",
  input_cache_write_tokens: "inputCacheWriteTokens",
  output_tokens: "outputTokens",
  reasoning_tokens: "reasoningTokens",
  cost_nano_usd: "costNanoUsd",
  charge_nano_usd: "chargeNanoUsd",
  input_charge_nano_usd: "inputChargeNanoUsd",
} as const satisfies Readonly<Record<string, keyof UsageEvent>>;
export type Adjustable = (typeof ADJUSTABLE)[keyof typeof ADJUSTABLE];
export type AdjustableSums = Readonly<Record<Adjustable, number>>;

const NAMES = Object.keys(ADJUSTABLE) as (keyof typeof ADJUSTABLE)[];
const AdjustedSums = z.strictObject(Object.fromEntries(NAMES.map((name) => [name, Count])) as Sums);
type Sums = Readonly<Record<keyof typeof ADJUSTABLE, typeof Count>>;

export const CreateUsageAdjustment = z.strictObject({
  /** The `x-request-id` of the request's response. */
  request_id: z.string().min(1).max(200),
  /** When the request ended, in Unix seconds, give or take an hour. */
  ended_at: Time,
  reason: z.string().trim().min(1).max(MAX_REASON),
  /** What is taken back; what is left out is not. @default - all that is left of the request */
  reduce_by: AdjustedSums.partial()
    .refine((sums) => Object.values(sums).some((sum = 0) => sum > 0), "must have a number above 0")
    .exactOptional(),
});
export type CreateUsageAdjustment = z.infer<typeof CreateUsageAdjustment>;

/** An entry of the ledger that takes back a part of what one request was charged. The event stays as it is. */
export const UsageAdjustment = z.strictObject({
  object: z.literal("organization.usage.adjustment"),
  request_id: z.string(),
  /** When the request ended. */
  ended_at: Seconds,
  model: z.string(),
  /** Null where the request has none. */
  project_id: z.string().nullable(),
  user_id: z.string().nullable(),
  api_key_id: z.string().nullable(),
  /** Of the request's adjustments, from 1 on. */
  number: z.int().positive(),
  reason: z.string(),
  adjusted_by: z.string(),
  adjusted_at: Seconds,
  reduced_by: AdjustedSums,
});
export type UsageAdjustment = z.infer<typeof UsageAdjustment>;

/** The response to an adjustment that was made. */
export const MadeUsageAdjustment = UsageAdjustment.extend({
  /** What the request counts from now on. */
  left: AdjustedSums,
});
export type MadeUsageAdjustment = z.infer<typeof MadeUsageAdjustment>;

/** By the hour in which the requests ended, then by their ids. A page may have fewer than `limit`, or none, and still a next one. */
export const ListUsageAdjustmentsQuery = z
  .strictObject({
    /** A time within the first hour in which the requests ended. */
    start_time: queryInteger(z.int().nonnegative().max(MAX_TIME)),
    /** The same of the last hour. @default - now */
    end_time: queryInteger(z.int().nonnegative().max(MAX_TIME)).optional(),
    /** The `next` of the page before. */
    after: z
      .string()
      .regex(/^[\w-]{1,400}$/, "must be the `next` of the page before; correct it in the query")
      .optional(),
    limit: queryInteger(z.int().min(1).max(100)).default(20),
  })
  .refine(({ start_time: start, end_time: end }) => end === undefined || end >= start, {
    path: ["end_time"],
    message: "must not be before start_time",
  });
export type ListUsageAdjustmentsQuery = z.infer<typeof ListUsageAdjustmentsQuery>;

export const UsageAdjustmentPage = z.strictObject({
  object: z.literal("list"),
  data: z.array(UsageAdjustment),
  has_more: z.boolean(),
  next: z.string().nullable(),
});

export const CreateUsageRecount = z.strictObject({
  /** Beginning of five minutes, an hour or a day (UTC) that are over, in Unix seconds. */
  start_time: Time,
  /**
   * `1h`: the sums of an hour and of its minutes against the events. `1d`: the sums of a day against those of its hours. `5m`: the
   * sums of minutes against the events, for an hour with more events than one request can read.
   */
  width: z.enum(["5m", "1h", "1d"]),
  /** What the sums of an hour are compared with: its events, or the sums of its minutes once these are right. @default events */
  from: z.enum(["events", "minutes"]).default("events"),
  /** Whether the differences are added to the sums. @default false - they are shown alone */
  apply: z.boolean().default(false),
});

const Difference = z.strictObject({
  bucket_width: z.enum(["1m", "1h", "1d"]),
  start_time: Seconds,
  /** The dimensions of the sums, and this one's values. */
  grouping: z.string(),
  values: z.array(z.string()),
  /** By the name of each sum that is wrong: what is to be added to it. */
  missing: z.record(z.string(), z.int()),
});

/** The sums of usage against the events and the adjustments. */
export const UsageRecount = z.strictObject({
  object: z.literal("organization.usage.recount"),
  start_time: Seconds,
  end_time: Seconds,
  /** Files that were not counted before, and are now. */
  files_counted: Count,
  /** Of minutes and hours: events that count, further events with ids that were there before, and lines that are no events. */
  events: Count,
  repeated_events: Count,
  unreadable_lines: Count,
  /** Sums that are wrong; at most 100 of them are named. */
  num_differences: Count,
  differences: z.array(Difference),
  /** What all requests together lack: charges, in billionths of a dollar, and tokens. */
  missing_charge_nano_usd: z.int(),
  missing_input_tokens: z.int(),
  missing_output_tokens: z.int(),
  /** Sums to which the differences were added. */
  num_corrected: Count,
});
export type RecountWidth = z.infer<typeof CreateUsageRecount>["width"];
/** Seconds of each width of a recount. */
export const RECOUNT_SECONDS: Readonly<Record<RecountWidth, number>> = {
  "5m": 300,
  "1h": HOUR,
  "1d": USAGE_WIDTHS["1d"],
};
export type UsageRecount = z.infer<typeof UsageRecount>;

export const CreateUsageBackfill = z.strictObject({
  /** Name of the segment: the time at which it began, the writer and a number. */
  segment: z
    .string()
    .max(150)
    .regex(
      /^\d{8}T\d{9}Z-[\w-]{1,100}-\d{6}$/,
      "must be the name of a segment, such as 20261129T093456789Z-writer-000001",
    ),
  /** Its lines, compressed by gzip, in base64. */
  content: z
    .string()
    .max(MAX_CONTENT)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, "must be the bytes of a segment in base64"),
  /** Whether the events are stored. @default false - they are checked alone */
  apply: z.boolean().default(false),
});

/** Events that were not in the ledger, and are now. */
export const UsageBackfill = z.strictObject({
  object: z.literal("organization.usage.backfill"),
  segment: z.string(),
  /** Events that are new, those whose ids are in the ledger already, and lines that are no events. */
  events: Count,
  repeated_events: Count,
  unreadable_lines: Count,
  /** Whether the new ones are stored, and will be counted within a minute. */
  is_stored: z.boolean(),
});
export type UsageBackfill = z.infer<typeof UsageBackfill>;

/** Partition keys of the adjustments of requests that ended in an hour: `adjustments 2026-11-29T09`. */
const ADJUSTMENTS_SERIES = "adjustments ";
/** The same of what recounts added to sums. */
const RECOUNTS_SERIES = "recounts ";

/** @param seconds a time within the hour */
export function adjustmentsSeries(seconds: number): string {
  return ADJUSTMENTS_SERIES + hourOf(seconds);
}

export function recountsSeries(seconds: number): string {
  return RECOUNTS_SERIES + hourOf(seconds);
}

function hourOf(seconds: number): string {
  return new Date(Math.floor(seconds / HOUR) * HOUR * 1000).toISOString().slice(0, 13);
}

/** An adjustment in the table of usage, with what of its event says in which sums it counts. Written once. */
export const StoredAdjustment = z.object({
  event: z.object(
    UsageEvent.pick({
      id: true,
      endedAt: true,
      route: true,
      model: true,
      isBatch: true,
      keyId: true,
      projectId: true,
      userId: true,
    }).shape,
  ),
  number: z.int().positive(),
  reason: z.string(),
  adjustedBy: z.string(),
  adjustedAt: Seconds,
  reducedBy: z.object(Object.fromEntries(Object.values(ADJUSTABLE).map((name) => [name, Count])) as StoredSums),
});
type StoredSums = Readonly<Record<Adjustable, typeof Count>>;
export type StoredAdjustment = Readonly<z.infer<typeof StoredAdjustment>>;
