import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Upstream } from "../core/upstream.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import type { DiscoveredEngine } from "./engine-discovery.ts";
import { PoolRouting, type PoolRoutingOptions } from "./pool-routing.ts";

export type ModelConfig = GatewayConfig["models"][number];

/** The engines of one model that this gateway has found. */
export class ModelPool {
  readonly config: ModelConfig;
  /**
   * The upstream at the load balancer, for when discovery fails: the load balancer chooses among the healthy engines.
   * Their number is not known here, so there is no limit of slots; a full engine refuses.
   */
  readonly fallback: Engine;
  /** Whether the last discovery failed: then the set below may be out of date. */
  isStale = true;
  readonly routing: PoolRouting;
  #engines: readonly Engine[] = [];
  /** Whether requests still go through the load balancer although engines were found: none of these was probed yet. */
  #awaitsProbes = false;

  constructor(config: ModelConfig, engineListenerUrl: string, routing: Omit<PoolRoutingOptions, "model">) {
    this.config = config;
    this.routing = new PoolRouting({ ...routing, model: config.id });
    this.fallback = new Engine({
      id: "load-balancer",
      origin: new URL(engineListenerUrl).origin,
      host: config.engineHost,
      maxRequests: Number.POSITIVE_INFINITY,
    });
  }

  get engines(): readonly Engine[] {
    return this.#engines;
  }

  /** Whether requests go through the load balancer now. */
  get usesFallback(): boolean {
    const mayUseIt = this.isStale || this.#awaitsProbes;
    return this.#engines.length === 0 || (mayUseIt && !this.#engines.some((engine) => engine.isReady));
  }

  /** Engines that requests may go to now, ready or not. */
  get candidates(): readonly Engine[] {
    return this.usesFallback ? [this.fallback] : this.#engines;
  }

  get readyEngines(): readonly Engine[] {
    return this.candidates.filter((engine) => engine.isReady);
  }

  /** Context in tokens: the configured one, or a smaller one that an engine reports. */
  get contextTokens(): number {
    let least = Math.min(this.config.contextTokens, this.fallback.model?.contextTokens ?? Number.POSITIVE_INFINITY);
    for (const { model } of this.#engines) least = Math.min(least, model?.contextTokens ?? least);
    return least;
  }

  /** The weights that really serve, once an engine has reported them. */
  get root(): string | undefined {
    return this.candidates.find((engine) => engine.model?.root !== undefined)?.model?.root;
  }

  /** Among the ready engines outside `tried`, the one with the least predicted time to first token. */
  choose(request: GenerationRequest, tried: ReadonlySet<Upstream>): Engine | undefined {
    const open = this.candidates.filter((engine) => engine.isReady && !tried.has(engine) && !engine.isFullFor(request));
    return this.usesFallback ? open[0] : this.routing.choose(request, open);
  }

  /**
   * Takes over a newly discovered set. Engines that stay keep their connections and state. Requests that go through the
   * load balancer continue to do so until `probed` is called, or an engine is ready.
   * @returns those that left
   */
  replace(discovered: readonly DiscoveredEngine[]): readonly Engine[] {
    this.#awaitsProbes = this.usesFallback;
    const before = new Map(this.#engines.map((engine) => [engine.id, engine]));
    const copies = this.config.replicasPerInstance ?? 1;
    this.#engines = discovered.flatMap(({ id: address, origin, inService }) =>
      Array.from({ length: copies }, (_, index) => {
        const rank = copies === 1 ? undefined : index;
        const id = rank === undefined ? address : `${address}/${rank}`;
        const known = before.get(id);
        const engine = known?.origin === origin ? known : this.#newEngine({ id, origin, rank });
        engine.inService = inService;
        return engine;
      }),
    );
    return [...before.values()].filter((engine) => !this.#engines.includes(engine));
  }

  /** Every engine of the set has been probed. What was known of the load balancer is out of date when it is needed next. */
  probed(): void {
    this.#awaitsProbes = false;
    if (!this.usesFallback) this.fallback.isAlive = false;
  }

  #newEngine(address: Pick<EngineOptions, "id" | "origin" | "rank">): Engine {
    return new Engine({ ...address, maxRequests: this.config.maxRequestsPerEngine, routing: this.routing });
  }
}
