import { errorEntry } from "../../contracts/api/errors.ts";
import type { Health } from "../../contracts/api/health.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";

/** `GET /health` and its status: 200 when at least one model can serve. */
export function health(
  directory: EngineDirectory,
  about: { readonly environment: string; readonly version: string },
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Health } {
  const models = directory.pools.map((pool) => {
    // The load balancer's address counts as one engine while it is in use and responds.
    const ready = pool.readyEngines.length;
    return { id: pool.config.id, ready: ready > 0, engines: { known: Math.max(pool.engines.length, ready), ready } };
  });
  const readyModels = models.filter((model) => model.ready).length;
  const status = readyModels === models.length ? "ready" : readyModels > 0 ? "degraded" : "unavailable";
  const { environment, version } = about;
  const isUp = status !== "unavailable";
  return {
    status: isUp ? 200 : 503,
    headers: isUp ? {} : { "retry-after": String(errorEntry("model_unavailable").retryAfterSeconds) },
    body: { status, environment, version, models },
  };
}
