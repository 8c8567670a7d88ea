import { Counter, Gauge, type Registry } from "prom-client";
import { GATEWAY_METRICS } from "../../contracts/gateway-metrics.ts";
import type { EngineDirectory } from "./engine-directory.ts";

/** What routing knows and predicts; the engines' own prefix-cache counters say what came true. */
export function registerRoutingMetrics(registry: Registry, directory: EngineDirectory): void {
  const registers = [registry];
  new Gauge({
    name: GATEWAY_METRICS.prefixIndexBlocks,
    help: "Blocks of prompts that at least one engine probably has in its cache.",
    labelNames: ["model"],
    registers,
    aggregator: "max", // the threads' indexes are of the same engines
    collect() {
      for (const { config, routing } of directory.pools) this.set({ model: config.id }, routing.indexedBlocks);
    },
  });
  new Counter({
    name: GATEWAY_METRICS.routedPromptTokens,
    help: "Prompt tokens sent to engines, by whether their cache probably had them; estimated.",
    labelNames: ["model", "cached"],
    registers,
    collect() {
      this.reset();
      for (const { config, routing } of directory.pools) {
        this.inc({ model: config.id, cached: "yes" }, routing.predicted.cached);
        this.inc({ model: config.id, cached: "no" }, routing.predicted.uncached);
      }
    },
  });
}
