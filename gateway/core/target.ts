import type { Capability } from "../../contracts/targets/target-settings.ts";
import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import type { OutboundDialect } from "./dialect.ts";
import type { GenerationRequest } from "./generation-request.ts";
import type { Lease, Refusal } from "./lease.ts";
import type { ReachedCap } from "./spending-cap.ts";
import type { Upstream } from "./upstream.ts";

/** What a request can need of a target: a capability that providers declare, or our engines' tokenizer. */
export type TargetNeed = Capability | "tokenizer";

/** What a request can be sent to: a pool of our engines, or a model of a provider. */
export interface Target {
  /** The pool's name, or `<provider>/<model>`. */
  readonly id: string;
  readonly kind: "pool" | "provider";
  readonly dialect: OutboundDialect;
  /** The model's name there. */
  readonly upstreamModel: string;
  /** Prefix of the dialect's paths, e.g. `/openai`; usually empty. */
  readonly pathPrefix: string;
  /** Prompt and completion together, in tokens. */
  readonly contextTokens: number;
  /** Completions of one request that it can work on at once. @default - any number */
  readonly mostCompletions?: number;
  /** What requests may need of it, beside text. */
  readonly capabilities: ReadonlySet<TargetNeed>;
  /** What tokens cost its operator, for a request that begins at a time. @param epochMs wall clock */
  priceAt(epochMs: number): TokenPrice;
  /** What callers are charged, before markups. @default - its price */
  callerPriceAt?(epochMs: number): TokenPrice;
  /** What its times and failures are counted for. @default - itself */
  readonly measuredAs?: object;
  /** For the policy `priority`: the smaller, the earlier. */
  readonly priority: number;
  /** Used only when no other target can take the request. */
  readonly isEmergencyOnly: boolean;
  /** Its own limits beside the request's; `undefined` for none. */
  readonly firstByteMs: number | undefined;
  readonly totalMs: number | undefined;
  /** Requests in progress there: this gateway's, at a provider those of all its threads. */
  readonly inFlight: number;
  /**
   * Takes the right to call one of its servers for this request: breaker permit, slot and money at once.
   * @returns the lease, which must be settled, or why there is none
   */
  tryReserve(request: GenerationRequest, options: ReserveOptions): Lease | Refusal;
  /** Whether it has servers that could take this request now, or once they have a free slot. */
  isPresent(request: GenerationRequest): boolean;
  /** The cap under which the request has no money; `undefined` where it has. @default - the target has no cap */
  reachedCap?(request: GenerationRequest): ReachedCap | undefined;
}

export interface ReserveOptions {
  /** Upstreams that are not to be called. */
  readonly tried: ReadonlySet<Upstream>;
  /** Whether an upstream that just recovered may be called beyond its share of requests, as there is no other. */
  readonly insist: boolean;
}
