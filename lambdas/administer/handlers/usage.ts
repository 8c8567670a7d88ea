import {
  type CompletionsUsage,
  type CompletionsUsageQuery,
  type EmbeddingsUsageQuery,
  type Latency,
  usualBuckets,
} from "../../../contracts/control/usage.ts";
import type { Latency as LatencyName, UsageKind, UsageSums } from "../../../contracts/usage/usage-counter.ts";
import { histogramOf, percentilesOf } from "../../../domain/usage/latency-histogram.ts";
import type { ControlCall, ControlHandler } from "../call/control-call.ts";
import type { UsageDimension } from "../usage/buckets-query.ts";
import {
  apiKeyId,
  groupValue,
  keyIdsOf,
  type RequestedUsage,
  requestedUsage,
  usagePage,
} from "../usage/requested-usage.ts";
import type { UsageGroup } from "../usage/usage-buckets.ts";

const DIMENSIONS = {
  project_id: "projectId",
  user_id: "userId",
  api_key_id: "keyId",
  model: "model",
  batch: "isBatch",
} as const satisfies Readonly<Record<string, UsageDimension>>;

export const listCompletionsUsage: ControlHandler<"listCompletionsUsage"> = async (call) => {
  const { batch } = call.query;
  const requested = requestedOf(call, "completions", batch === undefined ? undefined : [String(batch)]);
  const found = await requestedUsage(call, requested);
  const body = usagePage(found, ({ groups }) =>
    groups.map((group) => ({
      object: "organization.usage.completions.result" as const,
      input_tokens: group.sums.inputTokens,
      input_cached_tokens: group.sums.inputCachedTokens,
      output_tokens: group.sums.outputTokens,
      num_model_requests: group.sums.requests,
      ...outcomesOf(group),
      ...latencyOf(call, group),
      ...idsOf(group),
      batch: group.values.isBatch === undefined ? null : group.values.isBatch === "true",
      service_tier: null,
    })),
  );
  return { body };
};

export const listEmbeddingsUsage: ControlHandler<"listEmbeddingsUsage"> = async (call) => {
  const found = await requestedUsage(call, requestedOf(call, "embeddings", undefined));
  const body = usagePage(found, ({ groups }) =>
    groups.map((group) => ({
      object: "organization.usage.embeddings.result" as const,
      input_tokens: group.sums.inputTokens,
      num_model_requests: group.sums.requests,
      ...outcomesOf(group),
      ...latencyOf(call, group),
      ...idsOf(group),
    })),
  );
  return { body };
};

export const listModerationsUsage: ControlHandler<"listModerationsUsage"> = async (call) => {
  const found = await requestedUsage(call, requestedOf(call, "moderations", undefined));
  const body = usagePage(found, ({ groups }) =>
    groups.map((group) => ({
      object: "organization.usage.moderations.result" as const,
      input_tokens: group.sums.inputTokens,
      num_model_requests: group.sums.requests,
      ...outcomesOf(group),
      ...latencyOf(call, group),
      ...idsOf(group),
    })),
  );
  return { body };
};

type UsageCall = Pick<ControlCall<"listCompletionsUsage">, "caller" | "isOwnOnly"> & {
  readonly query: CompletionsUsageQuery | EmbeddingsUsageQuery;
};

function requestedOf(
  { query, caller, isOwnOnly }: UsageCall,
  kind: UsageKind,
  isBatch: readonly string[] | undefined,
): RequestedUsage {
  return {
    width: query.bucket_width,
    startTime: query.start_time,
    endTime: query.end_time,
    page: query.page,
    limit: query.limit ?? usualBuckets(query.bucket_width),
    hasLatency: includesLatency(query),
    groupBy: (query["group_by[]"] ?? []).map((name) => DIMENSIONS[name]),
    filters: {
      projectId: query["project_ids[]"],
      userId: query["user_ids[]"],
      keyId: keyIdsOf(query["api_key_ids[]"]),
      model: query["models[]"],
      isBatch,
      kind: [kind],
    },
    ownUserId: isOwnOnly ? caller.user.id : undefined,
  };
}

function outcomesOf({ sums }: UsageGroup) {
  return {
    num_failed_requests: sums.failedRequests,
    num_timed_requests: sums.timedRequests,
    duration_ms: sums.durationMs,
    num_streamed_requests: sums.streamedRequests,
    first_token_ms: sums.firstTokenMs,
  };
}

function latencyOf({ query }: UsageCall, { sums }: UsageGroup): Pick<CompletionsUsage, "latency"> {
  if (!includesLatency(query)) return {};
  return { latency: { duration: shownLatency(sums, "duration"), first_token: shownLatency(sums, "firstToken") } };
}

function shownLatency(sums: UsageSums, name: LatencyName): Latency {
  const histogram = histogramOf(sums, name);
  const found = percentilesOf(histogram);
  if (found === undefined) return null;
  return {
    num_requests: found.count,
    p50_ms: found.p50,
    p95_ms: found.p95,
    p99_ms: found.p99,
    histogram: histogram.map(([ms, count]) => [ms, count]),
  };
}

function includesLatency(query: UsageCall["query"]): boolean {
  return query["include[]"]?.includes("latency") ?? false;
}

function idsOf({ values }: UsageGroup) {
  return {
    project_id: groupValue(values.projectId),
    user_id: groupValue(values.userId),
    api_key_id: apiKeyId(values.keyId),
    model: groupValue(values.model),
  };
}
