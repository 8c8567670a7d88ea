import type { Logger } from "pino";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { PromptHasher } from "../../domain/routing/prompt-blocks.ts";
import type { Engine } from "./engine.ts";
import type { EngineDiscovery } from "./engine-discovery.ts";
import { ModelPool } from "./model-pool.ts";
import { PrefixSnapshots, type SnapshotStore } from "./prefix-snapshots.ts";
import { probeEngine, readEngineModel } from "./probe-engine.ts";
import { EngineLoads } from "./read-engine-load.ts";

export interface EngineDirectoryIntervals {
  /** How often the target groups are read. */
  readonly discoverMs: number;
  /** How often each engine's health is probed. */
  readonly probeMs: number;
  readonly probeTimeoutMs: number;
  /** How often what is known of the engines' caches is saved, and taken over from other gateways. */
  readonly snapshotMs: number;
  /** How often changes of routes are looked for. @default - every 2 s */
  readonly changesMs?: number;
}

export const ENGINE_INTERVALS: EngineDirectoryIntervals = {
  discoverMs: 3000,
  probeMs: 2000,
  probeTimeoutMs: 1000,
  snapshotMs: 10_000,
};

export interface EngineDirectoryOptions {
  readonly config: Pick<GatewayConfig, "environment" | "models" | "engineListenerUrl">;
  readonly discovery: EngineDiscovery;
  readonly logger: Logger;
  readonly intervals: EngineDirectoryIntervals;
  /** Milliseconds of a monotonic clock. @default - performance.now */
  readonly clock?: (() => number) | undefined;
  /** Milliseconds since 1970. @default - Date.now */
  readonly wallClock?: (() => number) | undefined;
  /** Where what is known of the engines' caches outlives this process. @default - it does not */
  readonly store?: SnapshotStore | undefined;
}

/** The engines of every model: reads them from discovery, and probes the health of each. */
export class EngineDirectory {
  readonly pools: readonly ModelPool[];
  readonly #byId: ReadonlyMap<string, ModelPool>;
  readonly #options: EngineDirectoryOptions;
  /** Engines whose last probe timed out while they were alive. */
  readonly #late = new WeakSet<Engine>();
  /** Engines that have reported their load at least once. */
  readonly #reported = new WeakSet<Engine>();
  readonly #loads = new EngineLoads();
  readonly #snapshots: PrefixSnapshots | undefined;
  readonly #logged = new Map<string, string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(options: EngineDirectoryOptions) {
    this.#options = options;
    const { config, clock = () => performance.now(), wallClock = () => Date.now(), store } = options;
    const routing = { clock, wallClock, hasher: new PromptHasher() };
    this.pools = config.models.map((model) => new ModelPool(model, config.engineListenerUrl, routing));
    this.#snapshots = store && new PrefixSnapshots({ store, wallClock, environment: config.environment });
    this.#byId = new Map(this.pools.map((pool) => [pool.config.id, pool]));
  }

  pool(modelId: string): ModelPool | undefined {
    return this.#byId.get(modelId);
  }

  /** Starts discovery and probes. Resolves after the first round, whatever it found. */
  async start(): Promise<void> {
    const { discoverMs, probeMs, snapshotMs } = this.#options.intervals;
    await this.#repeat(discoverMs, () => this.#discoverAll());
    await this.#repeat(probeMs, () => this.#probeAll());
    if (this.#snapshots !== undefined) void this.#repeat(snapshotMs, () => this.#exchangeAll());
  }

  /** Stops discovery and probes, and closes all connections to engines. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.pools.flatMap((pool) => [pool.fallback, ...pool.engines].map((engine) => engine.destroy())));
  }

  async #repeat(everyMs: number, round: () => Promise<void>): Promise<void> {
    await round();
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#repeat(everyMs, round);
    }, everyMs);
    timer.unref();
    this.#timers.add(timer);
  }

  async #discoverAll(): Promise<void> {
    await Promise.all(this.pools.map((pool) => this.#discover(pool)));
  }

  async #discover(pool: ModelPool): Promise<void> {
    const known = new Set(pool.engines);
    try {
      const discovered = await this.#options.discovery.discover(pool.config.targetGroupArn);
      if (this.#isStopped) return;
      const left = pool.replace(discovered);
      pool.isStale = false;
      for (const engine of left) engine.close().catch(() => undefined);
      this.#logOnce(pool, "discovery", "works");
    } catch (error) {
      pool.isStale = true;
      this.#logOnce(pool, "discovery", `failed: ${reasonOf(error)}`);
    }
    // A new engine does not wait for the next round of probes.
    const all = new Set([...pool.engines, ...pool.candidates]);
    const added = [...all].filter((engine) => !known.has(engine) && !engine.isAlive);
    await Promise.all(added.map((engine) => this.#probe(pool, engine)));
    pool.probed();
    this.#logEngines(pool);
  }

  async #probeAll(): Promise<void> {
    await Promise.all(
      this.pools.map(async (pool) => {
        await Promise.all(pool.candidates.map((engine) => this.#probe(pool, engine)));
        this.#logEngines(pool);
      }),
    );
  }

  async #exchangeAll(): Promise<void> {
    await Promise.all(this.pools.map((pool) => this.#snapshots?.exchange(pool)));
  }

  async #probe(pool: ModelPool, engine: Engine): Promise<void> {
    const { probeTimeoutMs } = this.#options.intervals;
    const [result, load] = await Promise.all([
      probeEngine(engine, probeTimeoutMs),
      // Behind the load balancer's address stands another engine each time.
      engine === pool.fallback ? undefined : this.#loads.read(engine, probeTimeoutMs),
    ]);
    const isFirstSilence = result === "silent" && engine.isAlive && !this.#late.has(engine);
    if (result === "silent") this.#late.add(engine);
    else this.#late.delete(engine);
    if (result === "alive" && engine.model === undefined)
      engine.model = await readEngineModel(engine, pool.config.id, probeTimeoutMs);
    engine.load = load;
    if (load !== undefined) this.#reported.add(engine);
    // While instances are replaced, an old one may have fewer copies than the configuration has; the first is always there.
    const isThere = !engine.rank || this.#reported.has(engine);
    if (!isFirstSilence) engine.isAlive = result === "alive" && isThere;
    if (load !== undefined) pool.routing.report(engine, load);
    if (engine.isAlive) await this.#snapshots?.load(pool);
  }

  #logEngines(pool: ModelPool): void {
    const ids = pool.readyEngines.map((engine) => engine.id).sort();
    this.#logOnce(pool, "ready engines", ids.length === 0 ? "none" : ids.join(", "));
  }

  /** Logs a state when it has changed since the last time. */
  #logOnce(pool: ModelPool, what: string, state: string): void {
    const key = `${pool.config.id} ${what}`;
    if (this.#logged.get(key) === state || this.#isStopped) return;
    this.#logged.set(key, state);
    this.#options.logger.info(
      { model: pool.config.id, [what === "discovery" ? "discovery" : "readyEngines"]: state },
      what,
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : "unknown error";
}
