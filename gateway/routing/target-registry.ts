import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  type FallbackReference,
  type ProviderConfig,
  type RouteConfig,
  targetId,
} from "../../contracts/targets/target-settings.ts";
import type { TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import type { SharedSlots } from "../../domain/targets/shared-slots.ts";
import type { Named } from "../../domain/targets/target-order.ts";
import { type TargetProblem, targetProblems } from "../../domain/targets/target-problems.ts";
import type { Lookup } from "../../lib/address-guard.ts";
import type { LeaseContext } from "../core/lease.ts";
import type { Target } from "../core/target.ts";
import type { AwsCredentials } from "../dialects/inner/provider-dialect.ts";
import type { ModelPool } from "../engines/model-pool.ts";
import { PoolTarget } from "../engines/pool-target.ts";
import { Provider } from "../providers/provider.ts";
import type { SecretReader } from "../providers/provider-credential.ts";
import { ProviderTarget } from "../providers/provider-target.ts";
import type { SpendLedger } from "../providers/spend-ledger.ts";
import type { RouteEntry, TargetTable } from "./target-table.ts";

export interface TargetRegistryOptions {
  readonly pools: readonly ModelPool[];
  /** Sign what goes to Bedrock. */
  readonly awsCredentials: AwsCredentials;
  readonly reader: SecretReader;
  readonly ledger: SpendLedger;
  readonly leases: LeaseContext;
  readonly now: () => number;
  readonly slots: SharedSlots;
  readonly onProblem: (provider: string, problem: string) => void;
  readonly lookup?: Lookup | undefined;
}

/** Providers, routes and prices, as declared or as changed at run time. */
export interface TargetsConfig {
  readonly providers: readonly ProviderConfig[];
  readonly routes: readonly RouteConfig[];
  /** Of pools, by their names, in place of the declared ones. @default - none */
  readonly prices?: ReadonlyMap<string, TokenPriceSettings>;
}

/** Turns descriptions into targets, again whenever they change, and without cutting what is in progress. */
export class TargetRegistry {
  readonly #options: TargetRegistryOptions;
  #pools: ReadonlyMap<string, PoolTarget>;
  #table: TargetTable = { providers: new Map(), targets: new Map(), routes: new Map() };
  /** Reading keys of providers that were added last. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(options: TargetRegistryOptions) {
    this.#options = options;
    this.#pools = new Map(options.pools.map((pool) => [pool.config.id, new PoolTarget(pool, options.leases)]));
    this.#table = this.#build({ providers: [], routes: [] }, new Map());
  }

  /** Our own pools, as they are declared. */
  get pools(): readonly ModelPool["config"][] {
    return this.#options.pools.map(({ config }) => config);
  }

  get table(): TargetTable {
    return this.#table;
  }

  /** Resolves when every provider's key has been read once. */
  get started(): Promise<unknown> {
    return this.#starting;
  }

  /** The problems of a description; one without problems can be applied. */
  problems({ providers, routes, prices }: TargetsConfig): readonly TargetProblem[] {
    const pools = [...this.#pools.keys()];
    const priced = [...(prices?.keys() ?? [])].filter((name) => !pools.includes(name));
    return [
      ...targetProblems({
        pools,
        providers: Object.fromEntries(providers.map(({ name, ...settings }) => [name, settings])),
        routes: Object.fromEntries(routes.map(({ name, ...settings }) => [name, settings])),
      }),
      ...priced.map((name) => ({
        path: `prices.${name}`,
        value: name,
        rule: "must be of a pool that exists",
        remedy: `use ${pools.join(" or ")}; prices of a provider's models are in its settings`,
      })),
    ];
  }

  /**
   * Takes over a description without problems. What did not change stays as it is, with its connections and what was
   * learned about it; a provider that changed or left finishes the requests that it has.
   */
  apply(config: TargetsConfig): void {
    const before = this.#table.providers;
    const providers = new Map(
      config.providers.map((provider) => {
        const known = before.get(provider.name);
        const isSame = known !== undefined && isDeepStrictEqual(known.config, provider);
        return [provider.name, isSame ? known : this.#create(provider)] as const;
      }),
    );
    this.#pools = new Map(
      [...this.#pools].map(([name, target]) => [name, this.#priced(target, config.prices?.get(name))]),
    );
    this.#table = this.#build(config, providers);
    const added = [...providers.values()].filter((provider) => before.get(provider.name) !== provider);
    this.#starting = Promise.all(added.map((provider) => provider.start()));
    for (const provider of before.values())
      if (providers.get(provider.name) !== provider) provider.close().catch(() => undefined);
  }

  /** Closes all connections to providers. */
  async stop(): Promise<void> {
    await Promise.all([...this.#table.providers.values()].map((provider) => provider.destroy()));
  }

  #create(config: ProviderConfig): Provider {
    const { reader, now, slots, onProblem, lookup } = this.#options;
    return new Provider({ config, reader, now, slots, onProblem, lookup });
  }

  /** A pool's target with this price: another one where it changed, so that a request is settled at the price it began with. */
  #priced(target: PoolTarget, changed: TokenPriceSettings | undefined): PoolTarget {
    const { pool } = target;
    const price = changed ?? pool.config.price;
    return isDeepStrictEqual(target.price, price) ? target : new PoolTarget(pool, this.#options.leases, price);
  }

  #build(config: TargetsConfig, providers: ReadonlyMap<string, Provider>): TargetTable {
    const targets = new Map<string, Target>(this.#pools);
    for (const provider of providers.values())
      for (const model of Object.keys(provider.config.models)) {
        const known = this.#table.targets.get(`${provider.name}/${model}`);
        const target =
          known instanceof ProviderTarget && known.provider === provider ? known : this.#targetOf(provider, model);
        targets.set(target.id, target);
      }
    const routes = new Map<string, RouteEntry>();
    for (const [name, target] of this.#pools)
      routes.set(name, { name, settings: undefined, targets: [named(target, 1)], fallbacks: [] });
    for (const { name, ...settings } of config.routes) {
      const resolve = (reference: FallbackReference & { readonly weight?: number }) => {
        const target = targets.get(targetId(reference));
        return target === undefined ? [] : [named(target, reference.weight ?? 0)];
      };
      const known = this.#table.routes.get(name);
      const entry = {
        name,
        settings,
        targets: settings.targets.flatMap(resolve),
        fallbacks: settings.fallbacks.flatMap(resolve),
      };
      // The same object holds its position in a round robin.
      routes.set(name, known !== undefined && isDeepStrictEqual(known, entry) ? known : entry);
    }
    return { providers, targets, routes };
  }

  #targetOf(provider: Provider, model: string): ProviderTarget {
    const { awsCredentials: credentials, ledger, leases } = this.#options;
    const { region } = provider.config;
    const dialect = provider.dialect.create({ region, credentials, now: Date.now, newId: randomUUID });
    return new ProviderTarget({ provider, model, dialect, ledger, leases });
  }
}

/** What changes from request to request is filled in by the router. */
function named(target: Target, weight: number): Named<Target> {
  const { id, priority } = target;
  return { id, target, standing: { weight, priority, latencyMs: 0, inFlight: 0, costUsd: 0 } };
}
