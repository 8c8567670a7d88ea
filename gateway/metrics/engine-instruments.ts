import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { GATEWAY_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument } from "./instrument.ts";

/** Instruments of our own engines. */
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
