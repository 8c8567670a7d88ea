import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument, MS_TO_S } from "./instrument.ts";

/** From a slot that was freed at once to the longest wait that can be configured, in seconds. */
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300];

/** Instruments of the queue. */
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
