import { ENGINE_METRICS } from "../engine/engine-metrics.ts";
import { AWS_METRICS } from "./aws-metrics.ts";
import type { MetricEntry } from "./metric-entry.ts";

const GATEWAY = "Sluice/Gateway";
const ENGINE = "Sluice/Engine";
const COST = "Sluice/Cost";
const AUDIT = "Sluice/Audit";
const USAGE = "Sluice/Usage";

const ALL = ["Environment"] as const;
const BY_MODEL = ["Environment", "Model"] as const;
const BY_ROUTE = ["Environment", "Model", "Route"] as const;

/**
 * Every CloudWatch metric that Sluice writes, charts or watches. Dimension values are bounded: environments,
 * configured models, known routes, codes of the error catalogue.
 */
export const METRICS = {
  latency: {
    namespace: GATEWAY,
    name: "Latency",
    unit: "Milliseconds",
    dimensions: [ALL, BY_ROUTE],
    about: "From a request's head to the end of its response, for requests to a known model that were not refused.",
  },
  timeToFirstToken: {
    namespace: GATEWAY,
    name: "TimeToFirstToken",
    unit: "Milliseconds",
    dimensions: [ALL, BY_ROUTE],
    about: "From a request's head to the first event with text; streams only.",
  },
  timePerOutputToken: {
    namespace: GATEWAY,
    name: "TimePerOutputToken",
    unit: "Milliseconds",
    dimensions: [ALL, BY_ROUTE],
    about: "Mean time between the tokens of a stream; one value for each stream.",
  },
  requests: {
    namespace: GATEWAY,
    name: "Requests",
    unit: "Count",
    dimensions: [ALL, BY_ROUTE],
    about: "Completed requests; health checks are not counted.",
  },
  clientErrors: {
    namespace: GATEWAY,
    name: "ClientErrors",
    unit: "Count",
    dimensions: [ALL, BY_ROUTE],
    about: "Responses with status 400 to 499.",
  },
  serverErrors: {
    namespace: GATEWAY,
    name: "ServerErrors",
    unit: "Count",
    dimensions: [ALL, BY_ROUTE],
    about: "Responses with status 500 to 599, and streams that the service interrupted.",
  },
  errorsByCode: {
    namespace: GATEWAY,
    name: "Errors",
    unit: "Count",
    dimensions: [["Environment", "ErrorCode"]],
    about: "Errors by their code in the error catalogue.",
  },
  clientAborts: {
    namespace: GATEWAY,
    name: "ClientAborts",
    unit: "Count",
    dimensions: [ALL],
    about: "Clients that disconnected before the end of their response.",
  },
  deadLetters: {
    namespace: GATEWAY,
    name: "BatchDeadLetters",
    unit: "Count",
    dimensions: [ALL],
    about: "Batches, and slices of batches, that were abandoned after many attempts; written only when there are some.",
  },
  usageWaiting: {
    namespace: GATEWAY,
    name: "UsageWaiting",
    unit: "Seconds",
    dimensions: [ALL],
    about: "How long files of usage events have waited on a gateway's disk to be written to their bucket.",
  },
  usageLost: {
    namespace: GATEWAY,
    name: "UsageEventsLost",
    unit: "Count",
    dimensions: [ALL],
    about: "Usage events that a gateway could not write to its disk.",
  },
  historyLost: {
    namespace: GATEWAY,
    name: "HistoryLost",
    unit: "Count",
    dimensions: [ALL],
    about:
      "Generations of opted-in projects that were not stored, as too much waited or one was too large; written only when there are some.",
  },
  budgetAlerts: {
    namespace: GATEWAY,
    name: "BudgetAlerts",
    unit: "Count",
    dimensions: [ALL],
    about: "Budgets of which 50, 80, 90 or 100 % were used, once each; written only when there are some.",
  },
  promptTokens: {
    namespace: GATEWAY,
    name: "PromptTokens",
    unit: "Count",
    dimensions: [ALL, BY_ROUTE],
    about: "Tokens of prompts, as the engines count them.",
  },
  completionTokens: {
    namespace: GATEWAY,
    name: "CompletionTokens",
    unit: "Count",
    dimensions: [ALL, BY_ROUTE],
    about: "Generated tokens, as the engines count them.",
  },
  charges: {
    namespace: GATEWAY,
    name: "Charges",
    unit: "None",
    dimensions: [ALL, BY_MODEL],
    about: "Dollars that requests count for, by the price of the target; batch requests at half of it.",
  },
  cacheHits: {
    namespace: GATEWAY,
    name: "CacheHits",
    unit: "Count",
    dimensions: [ALL],
    about: "Requests that the cache served; written only where there is one and it was read.",
  },
  cacheMisses: {
    namespace: GATEWAY,
    name: "CacheMisses",
    unit: "Count",
    dimensions: [ALL],
    about: "Requests for which the cache had no response.",
  },
  cacheSavedTokens: {
    namespace: GATEWAY,
    name: "CacheSavedTokens",
    unit: "Count",
    dimensions: [ALL],
    about: "Prompt and generated tokens of the responses from the cache.",
  },
  inFlight: {
    namespace: GATEWAY,
    name: "InFlight",
    unit: "Count",
    dimensions: [ALL],
    about: "Most requests in progress at once on one gateway within a window.",
  },
  engineRequests: {
    namespace: GATEWAY,
    name: "EngineRequests",
    unit: "Count",
    dimensions: [BY_MODEL],
    about: "Requests that one gateway has at a model's engines; one sample per gateway and window.",
  },
  engineCapacity: {
    namespace: GATEWAY,
    name: "EngineCapacity",
    unit: "Count",
    dimensions: [BY_MODEL],
    about: "Requests that a model's ready engines can hold together; one sample per gateway and window.",
  },
  readyEngines: {
    namespace: GATEWAY,
    name: "ReadyEngines",
    unit: "Count",
    dimensions: [BY_MODEL],
    about: "Engines of a model that a gateway can use.",
  },
  queueDepth: {
    namespace: GATEWAY,
    name: "QueueDepth",
    unit: "Count",
    dimensions: [BY_MODEL],
    about: "Requests that wait in one gateway for a free slot at a model's engines; one sample per gateway and window.",
  },
  queueAge: {
    namespace: GATEWAY,
    name: "QueueAge",
    unit: "Seconds",
    dimensions: [BY_MODEL],
    about: "How long the oldest of them has waited; one sample per gateway and window.",
  },
  gpuUtilization: {
    namespace: "CWAgent",
    name: "nvidia_smi_utilization_gpu",
    unit: "Percent",
    dimensions: [["AutoScalingGroupName"]],
    about: "Share of time in which a GPU computed anything; one value per GPU.",
  },
  gpuMemoryUsed: {
    namespace: "CWAgent",
    name: "nvidia_smi_memory_used",
    unit: "None", // the agent sends MB without a unit of CloudWatch
    dimensions: [["AutoScalingGroupName"]],
    about: "Memory in use on a GPU, in MiB.",
  },
  requestsRunning: {
    namespace: ENGINE,
    name: ENGINE_METRICS.requestsRunning,
    unit: "Count",
    dimensions: [BY_MODEL],
    about: "Requests that one engine computes.",
  },
  requestsWaiting: {
    namespace: ENGINE,
    name: ENGINE_METRICS.requestsWaiting,
    unit: "Count",
    dimensions: [BY_MODEL],
    about: "Requests that wait in one engine's queue.",
  },
  kvCacheUsage: {
    namespace: ENGINE,
    name: ENGINE_METRICS.kvCacheUsage,
    unit: "None",
    dimensions: [BY_MODEL],
    about: "Share of an engine's KV cache in use, 0 to 1.",
  },
  hourlyCost: {
    namespace: COST,
    name: "EstimatedHourlyCost",
    unit: "None",
    dimensions: [ALL, BY_MODEL],
    about: "Dollars per hour of the instances that run now and the requests of the last hour.",
  },
  costPerMillionTokens: {
    namespace: COST,
    name: "CostPerMillionTokens",
    unit: "None",
    dimensions: [ALL, BY_MODEL],
    about: "Dollars of the last hour for each million of its tokens.",
  },
  unsealedChains: {
    namespace: AUDIT,
    name: "UnsealedChains",
    unit: "Count",
    dimensions: [ALL],
    about:
      "Organisations with audit events that wait after a run of the sealer, or without the head that was due; written only where there is a control API.",
  },
  usageUncounted: {
    namespace: USAGE,
    name: "UsageFilesUncounted",
    unit: "Count",
    dimensions: [ALL],
    about: "Files of usage events older than 15 minutes that are not in the sums; written each 15 minutes.",
  },
  usageUnreadable: {
    namespace: USAGE,
    name: "UsageLinesUnreadable",
    unit: "Count",
    dimensions: [ALL],
    about: "Lines in files of usage events that are no events; written only when there are some.",
  },
  ...AWS_METRICS,
} as const satisfies Record<string, MetricEntry>;

export type MetricId = keyof typeof METRICS;

/** A gateway writes its metrics once in this many seconds; `EngineRequests` summed over a minute is divided by 60 / it. */
export const GATEWAY_METRICS_WINDOW_SECONDS = 10;
