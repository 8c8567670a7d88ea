/** Length of the buckets for which sums are stored; longer ones are sums of days. Days are UTC. */
export const USAGE_WIDTHS = { "1m": 60, "1h": 3600, "1d": 86_400 } as const;
export type UsageWidth = keyof typeof USAGE_WIDTHS;

/**
 * The dimensions by which sums are stored apart, each set for itself, so that a query reads no more items than its
 * answer has. Each has the kind, as OpenAI's API has a path for each kind. `all` has every dimension: what no
 * other set answers is summed from it.
 */
export const USAGE_GROUPINGS = {
  total: ["kind"],
  project: ["projectId", "kind"],
  user: ["userId", "kind"],
  key: ["keyId", "kind"],
  model: ["model", "kind"],
  all: ["projectId", "userId", "keyId", "model", "isBatch", "kind"],
} as const;
export type UsageGrouping = keyof typeof USAGE_GROUPINGS;

/** What a request is for OpenAI's usage API: `/v1/organization/usage/completions` and so on. */
export type UsageKind = "completions" | "embeddings" | "moderations";

/** What is summed in each item, as attributes of these names; all are integers, and DynamoDB adds them. */
export const USAGE_SUMS = [
  "requests",
  "failedRequests",
  "inputTokens",
  "inputCachedTokens",
  "inputCacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "costNanoUsd",
  "chargeNanoUsd",
  "inputChargeNanoUsd",
  // Of requests that did not fail: how many are timed, and their milliseconds; the same of those that streamed.
  "timedRequests",
  "durationMs",
  "streamedRequests",
  "firstTokenMs",
] as const;

/**
 * Attributes beside these that count how many requests took about as long, by the index of a range of times
 * (`domain/usage/latency-histogram.ts`), e.g. `d42`; DynamoDB adds them too. A range in which no request is has no attribute.
 */
export const LATENCY_PREFIXES = { duration: "d", firstToken: "f" } as const;
export type Latency = keyof typeof LATENCY_PREFIXES;
export type LatencyCount = `${(typeof LATENCY_PREFIXES)[Latency]}${number}`;

export type UsageSums = Readonly<Record<(typeof USAGE_SUMS)[number], number> & Record<LatencyCount, number>>;

/** Begin of the keys of the bucket's objects that have usage events. */
export const USAGE_FILES_PREFIX = "usage/";
/** The same of segments, by date and hour. */
export const USAGE_SEGMENTS_PREFIX = `${USAGE_FILES_PREFIX}segments/`;
/** The same of the events in Parquet, by day and hour. */
export const USAGE_PARQUET_PREFIX = `${USAGE_FILES_PREFIX}parquet/`;
/** Begin of the keys of the results of Athena's queries. */
export const USAGE_RESULTS_PREFIX = "athena/";

/** Partition key, sort key and time to live of the usage table. */
export const USAGE_TABLE = { hashKey: "series", rangeKey: "entry", ttlAttribute: "expiresAt" } as const;

/**
 * Seconds for which sums of a width stay after their bucket began: 8 days of minutes, 100 days of hours. Days stay.
 * OpenAI's API answers at most 1440 minutes or 168 hours at once.
 */
export const USAGE_STORED_SECONDS: Readonly<Record<UsageWidth, number | undefined>> = {
  "1m": 8 * 86_400,
  "1h": 100 * 86_400,
  "1d": undefined,
};

/**
 * Among how many partition keys the sums of a grouping are spread, by the value of its first dimension: DynamoDB writes
 * at most 1000 units a second to one partition.
 */
export const USAGE_SHARDS: Readonly<Record<UsageGrouping, number>> = {
  total: 1,
  project: 1,
  user: 4,
  key: 4,
  model: 1,
  all: 4,
};
