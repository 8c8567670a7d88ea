import type { CacheOutcome } from "../core/cache-outcome.ts";
import { CACHE_INSTRUMENTS } from "../metrics/cache-instruments.ts";
import type { Meter } from "../metrics/meter.ts";
import type { ResponseCache } from "./response-cache.ts";
import type { SemanticCache } from "./semantic-cache.ts";

/** Measures the response cache. */
export class CacheMeasurements {
  readonly #meter: Meter;

  constructor(meter: Meter, cache: ResponseCache, semantic: SemanticCache | undefined) {
    this.#meter = meter;
    meter.watch(CACHE_INSTRUMENTS.bytes, () => [
      { labels: { part: "answers" }, value: cache.memoryBytes },
      { labels: { part: "recordings" }, value: cache.recordingBytes },
      { labels: { part: "vectors" }, value: semantic?.index.bytes ?? 0 },
    ]);
    meter.watch(CACHE_INSTRUMENTS.entries, () => [{ labels: {}, value: cache.memoryEntries }]);
  }

  record(model: string, outcome: CacheOutcome): void {
    const level = outcome.result === "hit" ? outcome.level : "none";
    this.#meter.add(CACHE_INSTRUMENTS.requests, { result: outcome.result, level });
    if (outcome.result !== "bypass")
      this.#meter.add(CACHE_INSTRUMENTS.savedTokens, { model }, outcome.result === "hit" ? outcome.savedTokens : 0);
  }
}
