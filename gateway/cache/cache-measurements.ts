import { Counter, Gauge, type Registry } from "prom-client";
import { CACHE_METRICS } from "../../contracts/gateway-metrics.ts";
import type { CacheOutcome } from "../exchange.ts";
import type { ResponseCache } from "./response-cache.ts";
import type { SemanticCache } from "./semantic-cache.ts";

/** The cache's part of `/metrics`. */
export class CacheMetrics {
  readonly #requests: Counter<"result" | "level">;
  readonly #savedTokens: Counter<"model">;

  constructor(registry: Registry, cache: ResponseCache, semantic: SemanticCache | undefined) {
    const registers = [registry];
    this.#requests = new Counter({
      name: CACHE_METRICS.requests,
      help: "Generation requests by what the cache did: hit, miss or bypass; a hit's level is memory, shared or semantic.",
      labelNames: ["result", "level"],
      registers,
    });
    this.#savedTokens = new Counter({
      name: CACHE_METRICS.savedTokens,
      help: "Prompt and generated tokens of answers that came from the cache.",
      labelNames: ["model"],
      registers,
    });
    new Gauge({
      name: CACHE_METRICS.bytes,
      help: "Bytes that kept answers, streams being recorded and vectors take in this process.",
      labelNames: ["part"],
      registers,
      collect() {
        this.set({ part: "answers" }, cache.memoryBytes);
        this.set({ part: "recordings" }, cache.recordingBytes);
        this.set({ part: "vectors" }, semantic?.index.bytes ?? 0);
      },
    });
    new Gauge({
      name: CACHE_METRICS.entries,
      help: "Answers kept in this process.",
      registers,
      collect() {
        this.set(cache.memoryEntries);
      },
    });
  }

  record(model: string, outcome: CacheOutcome): void {
    this.#requests.inc({ result: outcome.result, level: outcome.result === "hit" ? outcome.level : "none" });
    if (outcome.result === "hit") this.#savedTokens.inc({ model }, outcome.savedTokens);
  }
}
