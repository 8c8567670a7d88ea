import * as z from "zod";
import { queryInteger } from "../query/query-integer.ts";
import { Seconds } from "./page.ts";

/** Most buckets of a page, and how many a page has by default, as OpenAI's. */
const BUCKETS = {
  "1m": { most: 1440, usual: 60 },
  "1h": { most: 168, usual: 24 },
  "1d": { most: 31, usual: 7 },
} as const;
const MAX_COST_BUCKETS = 180;
/** Values of one filter. */
const MAX_FILTER_VALUES = 100;

const Values = z.array(z.string().min(1).max(200)).max(MAX_FILTER_VALUES).optional();
const Time = queryInteger(z.int().nonnegative().max(9_999_999_999));
const range = {
  start_time: Time,
  /** @default - now */
  end_time: Time.optional(),
  page: z
    .string()
    .regex(/^page_\d{1,10}_[0-9a-f]{12}$/, "must be the `next_page` of the page before; correct it in the query")
    .optional(),
};
const widths = z.enum(["1m", "1h", "1d"]);
const isForward = ({ start_time, end_time }: { start_time: number; end_time?: number | undefined }) =>
  end_time === undefined || end_time > start_time;
const FORWARD = { path: ["end_time"], message: "must be after start_time" };

/** A page of time buckets. */
const usageQuery = <const G extends readonly string[]>(groups: G) =>
  z
    .strictObject({
      ...range,
      bucket_width: widths.default("1d"),
      limit: queryInteger(z.int().positive()).optional(),
      "group_by[]": z.array(z.enum(groups)).optional(),
      "project_ids[]": Values,
      "user_ids[]": Values,
      "api_key_ids[]": Values,
      "models[]": Values,
      /** Sluice's own: what results have beside their sums. */
      "include[]": z.array(z.enum(["latency"])).optional(),
    })
    .refine(isForward, FORWARD)
    .refine(({ bucket_width: width, limit }) => limit === undefined || limit <= BUCKETS[width].most, {
      path: ["limit"],
      message: `must be at most ${BUCKETS["1m"].most} for 1m, ${BUCKETS["1h"].most} for 1h, ${BUCKETS["1d"].most} for 1d`,
    });

const batch = z.stringbool({ truthy: ["true"], falsy: ["false"] }).optional();
export const CompletionsUsageQuery = usageQuery(["project_id", "user_id", "api_key_id", "model", "batch"]).safeExtend({
  batch,
});
export type CompletionsUsageQuery = z.infer<typeof CompletionsUsageQuery>;
export const EmbeddingsUsageQuery = usageQuery(["project_id", "user_id", "api_key_id", "model"]);
export type EmbeddingsUsageQuery = z.infer<typeof EmbeddingsUsageQuery>;

export const CostsQuery = z
  .strictObject({
    ...range,
    /** `1h` is Sluice's own: hours add up to days of any time zone; where its hours do not begin with those of UTC, from up to 45 minutes after midnight. */
    bucket_width: z.enum(["1d", "1h"]).default("1d"),
    /**
     * Sluice's own: what callers are charged, or what the operator pays: providers, and instances of pools whose cost is `amortised`.
     * The latter is the operator's organisation's alone.
     */
    amount: z.enum(["charge", "cost"]).default("charge"),
    limit: queryInteger(z.int().min(1).max(MAX_COST_BUCKETS)).default(7),
    "group_by[]": z.array(z.enum(["project_id", "user_id", "api_key_id", "line_item"])).optional(),
    "project_ids[]": Values,
    "api_key_ids[]": Values,
    "line_items[]": Values,
  })
  .refine(isForward, FORWARD);
export type CostsQuery = z.infer<typeof CostsQuery>;

/** Buckets of a page by default. */
export function usualBuckets(width: keyof typeof BUCKETS): number {
  return BUCKETS[width].usual;
}

const pageOfBuckets = <T extends z.ZodType>(result: T) =>
  z.strictObject({
    object: z.literal("page"),
    data: z.array(
      z.strictObject({
        object: z.literal("bucket"),
        start_time: Seconds,
        end_time: Seconds,
        /** Empty where there was no request. */
        results: z.array(result),
      }),
    ),
    has_more: z.boolean(),
    next_page: z.string().nullable(),
  });

/** Null where the results are not grouped by it, and where requests have none, such as the user of a service account's key. */
const groups = {
  project_id: z.string().nullable(),
  user_id: z.string().nullable(),
  api_key_id: z.string().nullable(),
  model: z.string().nullable(),
};
/** Sluice's own: a mean over any range is a quotient of sums. Requests counted by a release before these fields have no times. */
const outcomes = {
  /** Requests with a status of 400 or more; they are among `num_model_requests`. */
  num_failed_requests: z.number(),
  /** Requests that did not fail, and the sum of their milliseconds from the request to the end of the response. */
  num_timed_requests: z.number(),
  duration_ms: z.number(),
  /** Those of them that streamed, and the sum of their milliseconds to the first token. */
  num_streamed_requests: z.number(),
  first_token_ms: z.number(),
};
/**
 * Milliseconds at percentiles, by nearest rank, each within 10 % of the exact one from 1 ms to 57 minutes. Null where no request was counted so,
 * as releases before this field did not.
 */
const Latency = z
  .strictObject({
    /** Requests of which they are: fewer than all where a release before counted some. */
    num_requests: z.number(),
    p50_ms: z.number(),
    p95_ms: z.number(),
    p99_ms: z.number(),
    /** How many requests took about so many milliseconds, ascending. Those of several results are added up by the time. */
    histogram: z.array(z.tuple([z.number(), z.int()])),
  })
  .nullable();
export type Latency = z.infer<typeof Latency>;
const latency = {
  /** With `include[]=latency`, of requests that did not fail. */
  latency: z
    .strictObject({
      /** From the request to the end of the response. */
      duration: Latency,
      /** To the first token of those that streamed. */
      first_token: Latency,
    })
    .exactOptional(),
};
export const CompletionsUsage = z.strictObject({
  object: z.literal("organization.usage.completions.result"),
  input_tokens: z.number(),
  input_cached_tokens: z.number(),
  output_tokens: z.number(),
  num_model_requests: z.number(),
  ...outcomes,
  ...latency,
  ...groups,
  batch: z.boolean().nullable(),
  service_tier: z.null(),
});
export type CompletionsUsage = z.infer<typeof CompletionsUsage>;
export const CompletionsUsagePage = pageOfBuckets(CompletionsUsage);
export const EmbeddingsUsage = z.strictObject({
  object: z.literal("organization.usage.embeddings.result"),
  input_tokens: z.number(),
  num_model_requests: z.number(),
  ...outcomes,
  ...latency,
  ...groups,
});
export type EmbeddingsUsage = z.infer<typeof EmbeddingsUsage>;
export const EmbeddingsUsagePage = pageOfBuckets(EmbeddingsUsage);

/** Moderations name no usage: their tokens are the gateway's estimate of the input. */
export const ModerationsUsage = EmbeddingsUsage.extend({
  object: z.literal("organization.usage.moderations.result"),
});
export const ModerationsUsagePage = pageOfBuckets(ModerationsUsage);

/** What callers are charged, or what the operator pays. */
export const Cost = z.strictObject({
  object: z.literal("organization.costs.result"),
  /** Dollars, to the billionth. */
  amount: z.strictObject({ value: z.number(), currency: z.literal("usd") }),
  project_id: z.string().nullable(),
  api_key_id: z.string().nullable(),
  /** `<model>, input_tokens` or `<model>, output_tokens`; of what the operator pays `<model>`. */
  line_item: z.string().nullable(),
  /** Tokens of the line item. */
  quantity: z.number().nullable(),
  /** With `group_by=user_id`. */
  user_id: z.string().nullable().exactOptional(),
});
export type Cost = z.infer<typeof Cost>;
export const CostsPage = pageOfBuckets(Cost);

/** Short path for platforms with pages of their own: what was used and charged in each calendar month, in UTC. */
export const USAGE_ALIAS = "/api/usage/";
export const USAGE_SUMMARY = `${USAGE_ALIAS}summary` as const;

/** Short path for what will be charged to the end of this calendar month, in UTC. */
export const USAGE_FORECAST = `${USAGE_ALIAS}forecast` as const;

/** Months of a summary. */
const MAX_SUMMARY_MONTHS = 12;
export const UsageSummaryQuery = z.strictObject({
  /** The last ones, the current one included. */
  months: queryInteger(z.int().min(1).max(MAX_SUMMARY_MONTHS)).default(MAX_SUMMARY_MONTHS),
  /** Usage of one project. @default - all */
  project_id: z.string().min(1).max(200).optional(),
  /** Usage of one user. @default - all */
  user_id: z.string().min(1).max(200).optional(),
});

/** Oldest month first; a month without requests is one with zeros. */
export const UsageSummary = z.strictObject({
  object: z.literal("list"),
  data: z.array(
    z.strictObject({
      object: z.literal("usage.month"),
      /** E.g. `2026-11`. */
      month: z.string(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      tokens: z.number(),
      /** What is charged, in dollars, to the billionth. */
      cost_usd: z.number(),
    }),
  ),
});
export type UsageSummary = z.infer<typeof UsageSummary>;

export const UsageForecastQuery = z.strictObject({
  /** Charges of one project. @default - all */
  project_id: z.string().min(1).max(200).optional(),
});

/** Amounts in dollars, to the billionth. */
export const UsageForecast = z.strictObject({
  object: z.literal("usage.forecast"),
  /** This month, e.g. `2026-11`. */
  month: z.string(),
  /** What it was charged so far, and what it is charged at its end. */
  spent_usd: z.number(),
  forecast_usd: z.number(),
  /** The rest of today and the days that are left: what each will be charged. */
  days: z.array(z.strictObject({ start_time: Seconds, amount_usd: z.number() })),
});
export type UsageForecast = z.infer<typeof UsageForecast>;
