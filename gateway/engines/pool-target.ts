import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { priceAt } from "../../domain/targets/target-cost.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import { Lease, type LeaseContext, type Refusal } from "../core/lease.ts";
import type { ReserveOptions, Target, TargetNeed } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import { ENGINE_DIALECT } from "../dialects/providers/openai/openai.ts";
import { ENGINE_CAPABILITIES, ENGINE_CAPABILITIES_WITHOUT_TOOLS } from "./engine-capabilities.ts";
import type { ModelPool } from "./model-pool.ts";

const FREE: TokenPrice = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

/** A pool of our own engines. */
export class PoolTarget implements Target {
  readonly kind = "pool";
  readonly dialect = ENGINE_DIALECT;
  readonly pathPrefix = "";
  readonly capabilities: ReadonlySet<TargetNeed>;
  readonly priority = 0;
  readonly isEmergencyOnly = false;
  readonly firstByteMs = undefined;
  readonly totalMs = undefined;
  readonly pool: ModelPool;
  /** What callers are charged for its tokens; `undefined`: nothing. */
  readonly price: TokenPriceSettings | undefined;
  readonly #context: LeaseContext;

  /** @param price what callers are charged; that of the pool's settings unless it was changed at run time */
  constructor(pool: ModelPool, context: LeaseContext, price = pool.config.price) {
    this.pool = pool;
    this.price = price;
    this.capabilities = pool.config.callsTools === false ? ENGINE_CAPABILITIES_WITHOUT_TOOLS : ENGINE_CAPABILITIES;
    this.#context = context;
  }

  get id(): string {
    return this.pool.config.id;
  }

  /** Our own engines cost the same whether they work or not, unless the pool has a cost for its tokens. */
  priceAt(_epochMs: number): TokenPrice {
    return FREE;
  }

  callerPriceAt(epochMs: number): TokenPrice {
    return this.price === undefined ? this.priceAt(epochMs) : priceAt(this.price, epochMs);
  }

  /** A changed price makes another target of the same pool. */
  get measuredAs(): ModelPool {
    return this.pool;
  }

  get upstreamModel(): string {
    return this.pool.config.id;
  }

  get contextTokens(): number {
    return this.pool.contextTokens;
  }

  get mostCompletions(): number {
    return this.pool.config.maxRequestsPerEngine;
  }

  get inFlight(): number {
    return this.pool.candidates.reduce((sum, engine) => sum + engine.inFlight, 0);
  }

  tryReserve(request: GenerationRequest, { tried, insist }: ReserveOptions): Lease | Refusal {
    const { health, now } = this.#context;
    let excluded: Set<Upstream> | undefined;
    let blockedMs = Number.POSITIVE_INFINITY;
    let isPaused = false;
    for (;;) {
      const engine = this.pool.choose(request, excluded ?? tried);
      if (engine === undefined) break;
      const known = health.of(engine);
      const permit = known.tryAcquire(now(), insist);
      if (permit !== undefined)
        return new Lease({ target: this, upstream: engine, permit, slot: engine.acquire(request) }, this.#context);
      blockedMs = Math.min(blockedMs, known.waitMs(now()));
      isPaused ||= known.isPaused(now());
      excluded ??= new Set(tried);
      excluded.add(engine);
    }
    const isFull = this.pool.readyEngines.some((engine) => !tried.has(engine) && engine.isFullFor(request));
    const reason = isFull ? "full" : Number.isFinite(blockedMs) ? "blocked" : "absent";
    return { reason, isShared: false, blockedMs, isPaused };
  }

  isPresent(): boolean {
    return this.pool.readyEngines.length > 0;
  }
}
