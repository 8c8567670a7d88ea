import type { Capability } from "../../contracts/targets/target-settings.ts";
import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { completionCostUsd, priceAt } from "../../domain/targets/target-cost.ts";
import type { OutboundDialect } from "../core/dialect.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import { Lease, type LeaseContext, type Refusal } from "../core/lease.ts";
import type { ReachedCap } from "../core/spending-cap.ts";
import type { ReserveOptions, Target } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import { completionCount } from "../outside-values/completion-count.ts";
import type { Provider } from "./provider.ts";
import type { SpendLedger } from "./spend-ledger.ts";

export interface ProviderTargetOptions {
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly dialect: OutboundDialect;
  readonly ledger: SpendLedger;
  readonly leases: LeaseContext;
}

/** Tokens assumed for a response whose length the client did not bound: most such responses are shorter. */
const TYPICAL_COMPLETION_TOKENS = 1000;

/** Seconds after which a request may ask again whose money is set aside for others: most end within some seconds. */
const RESERVED_SECONDS = 5;

/** One model of a provider. */
export class ProviderTarget implements Target {
  readonly id: string;
  readonly kind = "provider";
  readonly dialect: OutboundDialect;
  readonly upstreamModel: string;
  readonly pathPrefix: string;
  readonly contextTokens: number;
  readonly capabilities: ReadonlySet<Capability>;
  readonly provider: Provider;
  /** The provider's endpoint as this model's own upstream: one model's failures do not count for another one. */
  readonly upstream: Upstream;
  readonly #prices: TokenPriceSettings;
  readonly #ledger: SpendLedger;
  readonly #context: LeaseContext;

  /** @throws when the provider has no such model */
  constructor({ provider, model, dialect, ledger, leases }: ProviderTargetOptions) {
    const known = provider.config.models[model];
    if (known === undefined)
      throw new Error(`The provider ${provider.name} has no model ${model}; add it to its models.`);
    this.id = `${provider.name}/${model}`;
    this.dialect = dialect;
    this.upstreamModel = model;
    this.pathPrefix = provider.pathPrefix;
    this.contextTokens = known.contextTokens;
    this.capabilities = new Set(known.capabilities);
    this.#prices = known;
    this.provider = provider;
    this.#ledger = ledger;
    this.#context = leases;
    this.upstream = {
      id: provider.name,
      origin: provider.origin,
      pool: provider.pool,
      get headers() {
        return provider.headers;
      },
      markDown: () => undefined, // its breaker decides
      renewCredentials: () => provider.credential.renew(),
    };
  }

  priceAt(epochMs: number): TokenPrice {
    return priceAt(this.#prices, epochMs);
  }

  get priority(): number {
    return this.provider.config.priority;
  }

  get isEmergencyOnly(): boolean {
    return this.provider.config.emergencyOnly;
  }

  get firstByteMs(): number {
    return this.provider.config.timeouts.firstByteSeconds * 1000;
  }

  get totalMs(): number {
    return this.provider.config.timeouts.totalSeconds * 1000;
  }

  get inFlight(): number {
    return this.provider.inFlight;
  }

  tryReserve(request: GenerationRequest, { tried, insist }: ReserveOptions): Lease | Refusal {
    if (!this.isPresent(request)) return { ...refusal("absent"), cap: this.reachedCap(request) };
    if (tried.has(this.upstream)) return refusal("absent");
    if (!this.provider.hasFreeSlot) return refusal("full");
    const { health, now } = this.#context;
    const known = health.of(this.upstream);
    const permit = known.tryAcquire(now(), insist);
    if (permit === undefined)
      return { ...refusal("blocked"), blockedMs: known.waitMs(now()), isPaused: known.isPaused(now()) };
    const release = this.provider.tryAcquire();
    if (release === undefined) {
      permit.forget();
      return refusal("lost-race");
    }
    const { provider } = this;
    const { monthlyCapUsd, name } = provider.config;
    const money = this.#ledger.reserve(name, monthlyCapUsd, this.#boundUsd(request));
    return new Lease(
      {
        target: this,
        upstream: this.upstream,
        permit,
        slot: { release, sawRefusal: () => provider.sawRefusal(), sawResponse: () => provider.sawResponse() },
        money,
        promptTokens: request.promptTokensEstimate,
        unseenCompletionTokens: request.stream || !GENERATES.has(request.route) ? 0 : mostCompletionTokens(request),
      },
      this.#context,
    );
  }

  isPresent(request: GenerationRequest): boolean {
    if (!this.provider.isUsable) return false;
    const { monthlyCapUsd, name } = this.provider.config;
    return this.#ledger.hasRoom(name, monthlyCapUsd, this.#boundUsd(request));
  }

  reachedCap(request: GenerationRequest): ReachedCap | undefined {
    const { monthlyCapUsd, name } = this.provider.config;
    if (monthlyCapUsd === null || !this.provider.isUsable) return undefined;
    const needed = this.#boundUsd(request);
    if (this.#ledger.hasRoom(name, monthlyCapUsd, needed)) return undefined;
    const left = this.#ledger.left(name, monthlyCapUsd);
    if (left === undefined) return undefined;
    const isReserved = needed <= left.usd;
    return {
      provider: name,
      isReserved,
      freeInSeconds: isReserved ? RESERVED_SECONDS : this.#ledger.secondsLeft,
      fittingTokens: this.#fittingTokens(request, left.usd - left.reservedUsd),
    };
  }

  /** The longest completion that so many dollars pay, where it is shorter than the one that is wanted. */
  #fittingTokens({ promptTokensEstimate, maxTokens, fields }: GenerationRequest, usd: number): number | undefined {
    const price = this.priceAt(this.#context.wallClock());
    const left = usd - completionCostUsd(price, promptTokensEstimate, 0);
    const each = completionCostUsd(price, 0, completionCount(fields));
    const tokens = each > 0 ? Math.floor(left / each) : 0;
    return tokens >= 1 && tokens < (maxTokens?.value ?? TYPICAL_COMPLETION_TOKENS) ? tokens : undefined;
  }

  #boundUsd(request: GenerationRequest): number {
    const price = this.priceAt(this.#context.wallClock());
    return completionCostUsd(price, request.promptTokensEstimate, mostCompletionTokens(request));
  }
}

const GENERATES: ReadonlySet<string> = new Set(["/v1/chat/completions", "/v1/completions"]);

function mostCompletionTokens({ maxTokens, fields }: GenerationRequest): number {
  return completionCount(fields) * (maxTokens?.value ?? TYPICAL_COMPLETION_TOKENS);
}

/** Its slots are counted together with the process's other threads. */
function refusal(reason: Refusal["reason"]): Refusal {
  return { reason, isShared: true, blockedMs: Number.POSITIVE_INFINITY, isPaused: false };
}
