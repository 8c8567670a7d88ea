import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { CACHE_METRICS } from "../../contracts/metrics/gateway-metrics.ts";
import { instrument } from "./instrument.ts";

/** Instruments of the response cache, where there is one. */
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
