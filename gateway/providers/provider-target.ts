import type { Capability } from "../../contracts/target-settings.ts";
import { answerCostUsd, type TokenPrice } from "../../domain/targets/target-cost.ts";
import type { Target } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import type { OutboundDialect } from "../dialects/dialect.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { Provider } from "./provider.ts";
import type { SpendLedger } from "./spend-ledger.ts";

export interface ProviderTargetOptions {
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly dialect: OutboundDialect;
  readonly ledger: SpendLedger;
}

/** Tokens of an answer whose length the client did not bound: what most such answers stay under. */
const USUAL_ANSWER_TOKENS = 1000;

/** One model of a provider. */
export class ProviderTarget implements Target {
  readonly id: string;
  readonly kind = "provider";
  readonly dialect: OutboundDialect;
  readonly upstreamModel: string;
  readonly pathPrefix: string;
  readonly contextTokens: number;
  readonly capabilities: ReadonlySet<Capability>;
  readonly price: TokenPrice;
  readonly provider: Provider;
  /** The provider's endpoint as this model's own upstream: one model's failures say nothing of another's. */
  readonly upstream: Upstream;
  readonly #ledger: SpendLedger;

  /** @throws when the provider has no such model */
  constructor({ provider, model, dialect, ledger }: ProviderTargetOptions) {
    const known = provider.config.models[model];
    if (known === undefined)
      throw new Error(`The provider ${provider.name} has no model ${model}; add it to its models.`);
    this.id = `${provider.name}/${model}`;
    this.dialect = dialect;
    this.upstreamModel = model;
    this.pathPrefix = provider.pathPrefix;
    this.contextTokens = known.contextTokens;
    this.capabilities = new Set(known.capabilities);
    this.price = known;
    this.provider = provider;
    this.#ledger = ledger;
    this.upstream = {
      id: provider.name,
      origin: provider.origin,
      pool: provider.pool,
      get headers() {
        return provider.headers;
      },
      acquire: () => {
        const release = provider.acquire();
        return release && { release };
      },
      markDown: () => undefined, // the breaker knows what to make of it
      renewCredentials: () => provider.credential.renew(),
    };
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

  choose(request: GenerationRequest, tried: ReadonlySet<Upstream>): Upstream | undefined {
    return this.isUsable(request, tried) && this.provider.hasRoom ? this.upstream : undefined;
  }

  isUsable(request: GenerationRequest, tried: ReadonlySet<Upstream>): boolean {
    if (tried.has(this.upstream) || !this.provider.isUsable) return false;
    const { monthlyCapUsd, name } = this.provider.config;
    return this.#ledger.hasRoom(name, monthlyCapUsd, this.#boundUsd(request));
  }

  isFull(tried: ReadonlySet<Upstream>): boolean {
    return !tried.has(this.upstream) && this.provider.isUsable && !this.provider.hasRoom;
  }

  reserve(request: GenerationRequest): () => void {
    return this.#ledger.reserve(this.provider.name, this.#boundUsd(request));
  }

  #boundUsd({ promptTokensEstimate, maxTokens }: GenerationRequest): number {
    return answerCostUsd(this.price, promptTokensEstimate, maxTokens?.value ?? USUAL_ANSWER_TOKENS);
  }
}
