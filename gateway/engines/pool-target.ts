import type { TokenPrice } from "../../domain/targets/target-cost.ts";
import type { Target } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import { OPENAI_DIALECT } from "../dialects/openai.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { ModelPool } from "./model-pool.ts";

/** A pool of our own engines. */
export class PoolTarget implements Target {
  readonly kind = "pool";
  readonly dialect = OPENAI_DIALECT;
  readonly pathPrefix = "";
  readonly capabilities = "all";
  readonly price = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };
  readonly priority = 0;
  readonly isEmergencyOnly = false;
  readonly firstByteMs = undefined;
  readonly totalMs = undefined;
  readonly pool: ModelPool;

  constructor(pool: ModelPool) {
    this.pool = pool;
  }

  get id(): string {
    return this.pool.config.id;
  }

  get callerPrice(): TokenPrice | undefined {
    return this.pool.config.price;
  }

  get upstreamModel(): string {
    return this.pool.config.id;
  }

  get contextTokens(): number {
    return this.pool.contextTokens;
  }

  get inFlight(): number {
    return this.pool.candidates.reduce((sum, engine) => sum + engine.inFlight, 0);
  }

  choose(request: GenerationRequest, tried: ReadonlySet<Upstream>): Upstream | undefined {
    return this.pool.choose(request, tried);
  }

  isFull(tried: ReadonlySet<Upstream>): boolean {
    return this.pool.readyEngines.some((ready) => !tried.has(ready) && ready.isFull);
  }

  isUsable(): boolean {
    return false;
  }

  reserve(): () => void {
    return () => undefined;
  }
}
