import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { CACHE_METRICS, GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { type Instrument, instrument } from "./instrument.ts";

/** From a cache hit's milliseconds to the longest time limit, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const FIRST_TOKEN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];
const INTER_TOKEN_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 5];
/** From a slot that was freed at once to the longest wait that can be configured, in seconds. */
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300];
/** From milliseconds to seconds. */
const MS_TO_S = 0.001;

const BY_ROUTE = { Model: "knownModel", Route: "route" } as const;
const REQUEST = ["knownModel", "route"] as const;

/**
 * Every instrument of the gateway. `model` is a configured model's name, `unknown` or `none`; `knownModel` has `none` for
 * both. Times are measured in milliseconds, money in dollars.
 */
export const INSTRUMENTS = {
  allRequests: instrument({
    kind: "counter",
    about: "Requests by route, model and status; 499 is a client that left before its response began.",
    labels: ["route", "model", "status"],
    prometheus: { name: GATEWAY_METRICS.requests },
  }),
  requests: instrument({
    kind: "counter",
    about: METRICS.requests.about,
    labels: REQUEST,
    cloudWatch: { metric: METRICS.requests, dimensions: BY_ROUTE, isZeroWritten: true },
  }),
  clientErrors: instrument({
    kind: "counter",
    about: METRICS.clientErrors.about,
    labels: REQUEST,
    cloudWatch: { metric: METRICS.clientErrors, dimensions: BY_ROUTE, isZeroWritten: true },
  }),
  serverErrors: instrument({
    kind: "counter",
    about: METRICS.serverErrors.about,
    labels: REQUEST,
    cloudWatch: { metric: METRICS.serverErrors, dimensions: BY_ROUTE, isZeroWritten: true },
  }),
  allErrors: instrument({
    kind: "counter",
    about: "Errors by code, those in the middle of a stream included.",
    labels: ["code"],
    prometheus: { name: GATEWAY_METRICS.errors },
  }),
  errors: instrument({
    kind: "counter",
    about: METRICS.errorsByCode.about,
    labels: ["code"],
    cloudWatch: { metric: METRICS.errorsByCode, dimensions: { ErrorCode: "code" } },
  }),
  faults: instrument({
    kind: "counter",
    about:
      "Faults of the gateway after which it went on: a response that could not be made, a request whose log line, counts or cost could not be recorded.",
    labels: ["step"],
    prometheus: { name: GATEWAY_METRICS.faults },
  }),
  refusedCounts: instrument({
    kind: "counter",
    about: "Counts in upstreams' responses that were left out, as they were no whole numbers from 0 to a billion.",
    labels: [],
    prometheus: { name: GATEWAY_METRICS.refusedCounts },
  }),
  allClientAborts: instrument({
    kind: "counter",
    about: "Clients that left before the end.",
    labels: [],
    prometheus: { name: GATEWAY_METRICS.clientAborts },
  }),
  clientAborts: instrument({
    kind: "counter",
    about: METRICS.clientAborts.about,
    labels: [],
    cloudWatch: { metric: METRICS.clientAborts, dimensions: {}, isZeroWritten: true },
  }),
  promptTokens: instrument({
    kind: "counter",
    about: "Prompt tokens, as the engines count them.",
    labels: ["model", ...REQUEST],
    prometheus: { name: GATEWAY_METRICS.promptTokens, labels: ["model"] },
    cloudWatch: { metric: METRICS.promptTokens, dimensions: BY_ROUTE },
  }),
  completionTokens: instrument({
    kind: "counter",
    about: "Generated tokens, as the engines count them; events for a stream that did not reach its end.",
    labels: ["model", ...REQUEST],
    prometheus: { name: GATEWAY_METRICS.completionTokens, labels: ["model"] },
    cloudWatch: { metric: METRICS.completionTokens, dimensions: BY_ROUTE },
  }),
  charges: instrument({
    kind: "counter",
    about: "Dollars that requests count for, by the price of the target that responded; batch requests at half of it.",
    labels: ["model"],
    prometheus: { name: GATEWAY_METRICS.charges },
    cloudWatch: { metric: METRICS.charges, dimensions: { Model: "model" } },
  }),
  duration: instrument({
    kind: "histogram",
    about: "From the request's head to the end of its response.",
    labels: ["route"],
    prometheus: { name: GATEWAY_METRICS.requestDuration, buckets: REQUEST_BUCKETS, factor: MS_TO_S },
  }),
  latency: instrument({
    kind: "histogram",
    about: METRICS.latency.about,
    labels: REQUEST,
    cloudWatch: { metric: METRICS.latency, dimensions: BY_ROUTE },
  }),
  timeToFirstToken: instrument({
    kind: "histogram",
    about: "From the request's head to the first event with text, streams only.",
    labels: ["model", ...REQUEST],
    prometheus: {
      name: GATEWAY_METRICS.timeToFirstToken,
      labels: ["model"],
      buckets: FIRST_TOKEN_BUCKETS,
      factor: MS_TO_S,
    },
    cloudWatch: { metric: METRICS.timeToFirstToken, dimensions: BY_ROUTE },
  }),
  interTokenLatency: instrument({
    kind: "histogram",
    about: "Mean time between a stream's tokens, one value for each stream.",
    labels: ["model", ...REQUEST],
    prometheus: {
      name: GATEWAY_METRICS.interTokenLatency,
      labels: ["model"],
      buckets: INTER_TOKEN_BUCKETS,
      factor: MS_TO_S,
    },
    cloudWatch: { metric: METRICS.timePerOutputToken, dimensions: BY_ROUTE },
  }),
  inFlight: instrument({
    kind: "gauge",
    about: "Requests in progress.",
    labels: [],
    prometheus: { name: GATEWAY_METRICS.inFlight },
  }),
  peakInFlight: instrument({
    kind: "gauge",
    about: METRICS.inFlight.about,
    labels: [],
    cloudWatch: { metric: METRICS.inFlight, dimensions: {} },
  }),
  deadLetters: instrument({
    kind: "counter",
    about: METRICS.deadLetters.about,
    labels: [],
    cloudWatch: { metric: METRICS.deadLetters, dimensions: {} },
  }),
} as const;

/** Those of the queue. */
export const QUEUE_INSTRUMENTS = {
  wait: instrument({
    kind: "histogram",
    about: "How long requests waited that got a slot then; those that had one at once are not counted.",
    labels: ["priority"],
    prometheus: { name: GATEWAY_METRICS.queueWait, buckets: WAIT_BUCKETS, factor: MS_TO_S },
  }),
  shed: instrument({
    kind: "counter",
    about: "Requests that got no slot, by reason.",
    labels: ["reason"],
    prometheus: { name: GATEWAY_METRICS.shed },
  }),
  requests: instrument({
    kind: "gauge",
    about: "Requests that wait for a slot.",
    labels: ["priority"],
    prometheus: { name: GATEWAY_METRICS.queueRequests },
  }),
  bytes: instrument({
    kind: "gauge",
    about: "Bytes of their bodies.",
    labels: ["priority"],
    prometheus: { name: GATEWAY_METRICS.queueBytes },
  }),
  depth: instrument({
    kind: "gauge",
    about: METRICS.queueDepth.about,
    labels: ["model"],
    cloudWatch: { metric: METRICS.queueDepth, dimensions: { Model: "model" } },
  }),
  age: instrument({
    kind: "gauge",
    about: METRICS.queueAge.about,
    labels: ["model"],
    cloudWatch: { metric: METRICS.queueAge, dimensions: { Model: "model" } },
  }),
} as const;

/** Those of our own engines. */
export const ENGINE_INSTRUMENTS = {
  ready: instrument({
    kind: "gauge",
    about: "Engines that can take a request.",
    labels: ["model"],
    prometheus: { name: GATEWAY_METRICS.engineReady, aggregator: "max" }, // every thread has the same engines
    cloudWatch: { metric: METRICS.readyEngines, dimensions: { Model: "model" } },
  }),
  requests: instrument({
    kind: "gauge",
    about: METRICS.engineRequests.about,
    labels: ["model"],
    cloudWatch: { metric: METRICS.engineRequests, dimensions: { Model: "model" } },
  }),
  capacity: instrument({
    kind: "gauge",
    about: METRICS.engineCapacity.about,
    labels: ["model"],
    cloudWatch: { metric: METRICS.engineCapacity, dimensions: { Model: "model" } },
  }),
  prefixIndexBlocks: instrument({
    kind: "gauge",
    about: "Blocks of prompts that at least one engine probably has in its cache.",
    labels: ["model"],
    prometheus: { name: GATEWAY_METRICS.prefixIndexBlocks, aggregator: "max" }, // the threads' indexes are of the same engines
  }),
  routedPromptTokens: instrument({
    kind: "counter",
    about: "Prompt tokens sent to engines, by whether their cache probably had them; estimated.",
    labels: ["model", "cached"],
    prometheus: { name: GATEWAY_METRICS.routedPromptTokens },
  }),
} as const;

/** Those of targets and providers. */
export const TARGET_INSTRUMENTS = {
  calls: instrument({
    kind: "counter",
    about: "Calls to targets by outcome: ok, the kind of failure, a refused request, hedged away, or abandoned.",
    labels: ["target", "outcome"],
    prometheus: { name: GATEWAY_METRICS.targetCalls },
  }),
  failovers: instrument({
    kind: "counter",
    about: "Requests that this target served after another call had failed.",
    labels: ["target"],
    prometheus: { name: GATEWAY_METRICS.targetFailovers },
  }),
  spend: instrument({
    kind: "counter",
    about: "Dollars of responses, from their tokens and the configured prices.",
    labels: ["target"],
    prometheus: { name: GATEWAY_METRICS.targetSpend },
  }),
  breaker: instrument({
    kind: "gauge",
    about: "Worst breaker of the target's servers: 0 closed, 1 coming back, 2 half open, 3 open.",
    labels: ["target"],
    prometheus: { name: GATEWAY_METRICS.targetBreaker, aggregator: "max" }, // over the process's threads
  }),
  spendOfMonth: instrument({
    kind: "gauge",
    about: "Dollars that a provider has cost in this calendar month.",
    labels: ["provider"],
    prometheus: { name: GATEWAY_METRICS.providerSpendMonth, aggregator: "max" },
  }),
} as const;

/** Those of the response cache, where there is one. */
export const CACHE_INSTRUMENTS = {
  requests: instrument({
    kind: "counter",
    about:
      "Generation requests by what the cache did: hit, miss or bypass; a hit's level is memory, shared or semantic.",
    labels: ["result", "level"],
    prometheus: { name: CACHE_METRICS.requests },
  }),
  savedTokens: instrument({
    kind: "counter",
    about: "Prompt and generated tokens of responses that came from the cache.",
    labels: ["model"],
    prometheus: { name: CACHE_METRICS.savedTokens },
    cloudWatch: { metric: METRICS.cacheSavedTokens, dimensions: {} },
  }),
  hits: instrument({
    kind: "counter",
    about: METRICS.cacheHits.about,
    labels: [],
    cloudWatch: { metric: METRICS.cacheHits, dimensions: {} },
  }),
  misses: instrument({
    kind: "counter",
    about: METRICS.cacheMisses.about,
    labels: [],
    cloudWatch: { metric: METRICS.cacheMisses, dimensions: {} },
  }),
  bytes: instrument({
    kind: "gauge",
    about: "Bytes that stored responses, streams being recorded and vectors take in this process.",
    labels: ["part"],
    prometheus: { name: CACHE_METRICS.bytes },
  }),
  entries: instrument({
    kind: "gauge",
    about: "Responses stored in this process.",
    labels: [],
    prometheus: { name: CACHE_METRICS.entries },
  }),
} as const;

/** Instruments that every gateway has; a cache's are added where there is one. */
export const ALL_INSTRUMENTS: readonly Instrument[] = [
  INSTRUMENTS,
  QUEUE_INSTRUMENTS,
  ENGINE_INSTRUMENTS,
  TARGET_INSTRUMENTS,
].flatMap((group): readonly Instrument[] => Object.values(group));
