import { ENGINE_INSTRUMENTS } from "../metrics/engine-instruments.ts";
import type { Sample } from "../metrics/instrument.ts";
import type { Meter } from "../metrics/meter.ts";
import type { EngineDirectory } from "./engine-directory.ts";
import type { ModelPool } from "./model-pool.ts";

/** Measures the pools: their engines, and routing's state and predictions. */
export function measureEngines(meter: Meter, { pools }: Pick<EngineDirectory, "pools">): void {
  const byModel = (read: (pool: ModelPool) => number) => (): readonly Sample<"model">[] =>
    pools.map((pool) => ({ labels: { model: pool.config.id }, value: read(pool) }));
  meter.watch(
    ENGINE_INSTRUMENTS.ready,
    byModel(({ readyEngines }) => readyEngines.length),
  );
  meter.watch(
    ENGINE_INSTRUMENTS.requests,
    byModel(({ candidates }) => candidates.reduce((sum, engine) => sum + engine.inFlight, 0)),
  );
  meter.watch(ENGINE_INSTRUMENTS.capacity, byModel(capacityOf));
  meter.watch(
    ENGINE_INSTRUMENTS.prefixIndexBlocks,
    byModel(({ routing }) => routing.indexedBlocks),
  );
  // The engines' own prefix-cache counters are the real hits.
  meter.watch(ENGINE_INSTRUMENTS.routedPromptTokens, () =>
    pools.flatMap(({ config: { id: model }, routing: { predicted } }) => [
      { labels: { model, cached: "yes" }, value: predicted.cached },
      { labels: { model, cached: "no" }, value: predicted.uncached },
    ]),
  );
}

/** Requests that the ready engines can hold. How many stand behind the load balancer is not known here: at least one does. */
function capacityOf({ config, readyEngines }: ModelPool): number {
  return readyEngines.reduce((sum, engine) => sum + Math.min(engine.maxRequests, config.maxRequestsPerEngine), 0);
}
