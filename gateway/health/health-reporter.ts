import { createHash } from "node:crypto";
import type { EngineHealth, EngineState, GatewayHealth } from "../../contracts/live/service-health.ts";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import type { Admission } from "../admission/admission.ts";
import type { Engine } from "../engines/engine.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";
import type { ModelPool } from "../engines/model-pool.ts";
import type { LiveBook } from "../live/live-book.ts";
import type { RecentRequests } from "../live/recent-requests.ts";
import { worstBreaker } from "../live/service-health.ts";
import type { ThreadHealth } from "../live/thread-health.ts";
import type { Distribution } from "../metrics/distribution.ts";
import { upstreamsOf } from "../routing/target-measurements.ts";
import type { TargetService } from "../routing/target-service.ts";

export interface HealthReporterOptions {
  readonly config: GatewayConfig;
  readonly book: LiveBook;
  readonly recent: RecentRequests;
  readonly directory: Pick<EngineDirectory, "pool">;
  readonly targets: TargetService;
  readonly admission: Admission;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  readonly wallClock: () => number;
}

/** Of texts that engines say of themselves. */
const MAX_TEXT = 200;

/** How this thread does: what it measured, and the state of what it calls. Nothing of a request is in it. */
export class HealthReporter {
  readonly #options: HealthReporterOptions;
  readonly #gateway: Omit<GatewayHealth, "inProgress">;

  constructor(options: HealthReporterOptions) {
    this.#options = options;
    const { book, config, wallClock } = options;
    const configDigest = createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 12);
    const startedAt = new Date(wallClock()).toISOString();
    this.#gateway = { id: book.id, version: book.version, configDigest, startedAt };
  }

  snapshot(): ThreadHealth {
    const { book, targets, now } = this.#options;
    const { table } = targets.registry;
    const at = now();
    return {
      gateway: { ...this.#gateway, inProgress: book.inProgress },
      models: [...table.routes.values()].map(({ name, targets: own }) =>
        this.#model(
          name,
          own.map(({ id }) => id),
          at,
        ),
      ),
      targets: [...table.targets.values()].map((target) => {
        const { requests, failures } = targets.health.record(target);
        const breakers = upstreamsOf(target).map((upstream) => targets.health.of(upstream).breaker.state(at));
        return { id: target.id, kind: target.kind, breaker: worstBreaker(breakers), requests, failures };
      }),
    };
  }

  #model(model: string, targetIds: readonly string[], at: number): ThreadHealth["models"][number] {
    const { admission, directory, recent } = this.#options;
    const queues = targetIds.map((id) => admission.waitingFor(id));
    const { requests, failures, latency, firstToken, history } = recent.of(model);
    const pool = directory.pool(model);
    const engines = pool === undefined ? [] : shownEngines(pool).map((engine) => this.#engine(engine, at));
    return {
      model,
      queued: Math.max(0, ...queues.map((queue) => queue.requests)),
      oldestQueuedSeconds: Math.round(Math.max(0, ...queues.map(({ oldestSeconds }) => oldestSeconds)) * 10) / 10,
      engines,
      requests,
      failures,
      latency: binsOf(latency),
      firstToken: binsOf(firstToken),
      history: [...history],
    };
  }

  #engine(engine: Engine, at: number): EngineHealth {
    const { load, model } = engine;
    return {
      id: engine.id,
      state: stateOf(engine),
      breaker: this.#options.targets.health.of(engine).breaker.state(at),
      slotsUsed: engine.inFlight,
      slots: Number.isFinite(engine.maxRequests) ? engine.maxRequests : null,
      running: load?.running ?? null,
      waiting: load?.waiting ?? null,
      kvCacheUsage: load?.kvCacheUsage ?? null,
      weights: model?.root?.slice(0, MAX_TEXT) ?? null,
      version: model?.version?.slice(0, MAX_TEXT) ?? null,
    };
  }
}

/** The engines that were found, ready or not; without any, the load balancer's address that stands for them. */
function shownEngines({ engines, candidates }: ModelPool): readonly Engine[] {
  return engines.length > 0 ? engines : candidates;
}

function stateOf({ isAlive, wasAlive, inService }: Engine): EngineState {
  if (isAlive) return inService ? "ready" : "leaving";
  return wasAlive ? "failed" : "starting";
}

/** In tenths of a millisecond, which a bin is not finer than. */
function binsOf(distribution: Distribution): [number, number][] {
  return distribution.bins().map(({ value, count }) => [Math.round(value * 10) / 10, count]);
}
