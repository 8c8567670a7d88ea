import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument, MS_TO_S } from "./instrument.ts";

/** From a cache hit's milliseconds to the longest time limit, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const FIRST_TOKEN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];
const INTER_TOKEN_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 5];

const BY_ROUTE = { Model: "knownModel", Route: "route" } as const;
const REQUEST = ["knownModel", "route"] as const;

/**
 * Instruments of requests. `model` is a configured model's name, `unknown` or `none`; `knownModel` has `none` for both.
 * Times are measured in milliseconds, money in dollars.
 */
export const REQUEST_INSTRUMENTS = {
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
  budgetAlerts: instrument({
    kind: "counter",
    about: METRICS.budgetAlerts.about,
    labels: [],
    cloudWatch: { metric: METRICS.budgetAlerts, dimensions: {} },
  }),
} as const;
