import type { Logger } from "pino";
import type { RouteOverride } from "../../contracts/targets/target-changes.ts";
import { RETRY_BUDGET, RetryBudget } from "../../domain/targets/retry-budget.ts";
import type { SharedSlots } from "../../domain/targets/shared-slots.ts";
import type { Lookup } from "../../lib/address-guard.ts";
import type { RequestFacts } from "../core/record.ts";
import { UpstreamHealthRegistry } from "../core/upstream-health.ts";
import type { AwsCredentials } from "../dialects/inner/provider-dialect.ts";
import type { ModelPool } from "../engines/model-pool.ts";
import type { Meter } from "../metrics/meter.ts";
import type { SecretReader } from "../providers/provider-credential.ts";
import type { SpendStore } from "../providers/spend-account.ts";
import { SpendLedger } from "../providers/spend-ledger.ts";
import { WholeMemory } from "../shares/whole-memory.ts";
import { Router } from "./router.ts";
import { TargetMeasurements } from "./target-measurements.ts";
import { TargetRegistry, type TargetsConfig } from "./target-registry.ts";

export interface TargetServiceOptions {
  readonly pools: readonly ModelPool[];
  /** As the environment declares them. */
  readonly declared: TargetsConfig;
  readonly reader: SecretReader;
  /** Sign what goes to Bedrock. */
  readonly awsCredentials: AwsCredentials;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly now: () => number;
  /** Slots at providers, of all threads. */
  readonly slots: SharedSlots;
  /** Threads of the process. */
  readonly threads: number;
  /** @default - Math.random */
  readonly random?: (() => number) | undefined;
  /** @default - Date.now */
  readonly wallClock?: (() => number) | undefined;
  readonly lookup?: Lookup | undefined;
  /** @default - spend is counted in this process alone */
  readonly spendStore?: SpendStore | undefined;
}

/** How often this gateway writes its spending to the store, and reads that of the other gateways. */
const FLUSH_MS = 5000;

/** Providers, routes, pools and their health: all that lies between a model's name and the servers that serve it. */
export class TargetService {
  readonly registry: TargetRegistry;
  readonly router: Router;
  readonly health: UpstreamHealthRegistry;
  readonly ledger: SpendLedger;
  /** What the call step shares among requests. */
  readonly calls: {
    readonly budget: RetryBudget;
    readonly now: () => number;
    readonly random: () => number;
    readonly wholes: WholeMemory;
  };
  /** By route. */
  readonly overrides = new Map<string, RouteOverride>();
  readonly #measurements: TargetMeasurements;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(options: TargetServiceOptions) {
    const { pools, declared, reader, awsCredentials, logger, now, slots, lookup, spendStore } = options;
    const random = options.random ?? Math.random;
    this.ledger = new SpendLedger({
      wallClock: options.wallClock ?? Date.now,
      store: spendStore,
      onProblem: (provider, problem) => logger.warn({ provider, problem }, "spend can't be shared"),
    });
    const table = () => this.registry.table;
    this.health = new UpstreamHealthRegistry(random);
    this.registry = new TargetRegistry({
      pools,
      awsCredentials,
      reader,
      ledger: this.ledger,
      leases: {
        health: this.health,
        now,
        wallClock: options.wallClock ?? Date.now,
        onCall: (target, outcome) => this.#measurements.call(target, outcome),
        onSpend: (target, usd) => this.#measurements.spend(target, usd),
      },
      now,
      slots,
      lookup,
      onProblem: (provider, problem) => logger.warn({ provider, problem }, "provider can't be used"),
    });
    this.router = new Router({
      table,
      override: (route) => this.overrides.get(route),
      health: this.health,
      now,
      wallClock: options.wallClock ?? Date.now,
      random,
    });
    this.#measurements = new TargetMeasurements({
      meter: options.meter,
      table,
      health: this.health,
      ledger: this.ledger,
      now,
    });
    // The floor is the process's: each thread has its part.
    const budget = new RetryBudget({ ...RETRY_BUDGET, floor: RETRY_BUDGET.floor / options.threads });
    this.calls = { budget, now, random, wholes: new WholeMemory() };
    this.registry.apply(declared);
  }

  /** Reads the providers' keys. Resolves when each was read once. */
  async start(): Promise<void> {
    await this.registry.started;
    await this.#flush();
  }

  /** Counts a request that is over and was served by another target than the first. Its calls have counted their cost. */
  account({ target, failedAttempts, errorCode }: RequestFacts): void {
    if (target !== undefined && failedAttempts > 0 && errorCode === undefined) this.#measurements.failover(target);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.ledger.flush([...this.registry.table.providers.keys()]);
    await this.registry.stop();
  }

  async #flush(): Promise<void> {
    await this.ledger.flush([...this.registry.table.providers.keys()]);
    this.#timer = setTimeout(() => void this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }
}
