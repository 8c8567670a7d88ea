import type { LimitCounter, LimitGrant, LimitRefusal, LimitStore } from "./limit-store.ts";
import type { MemoryLimitStore } from "./memory-limit-store.ts";

export interface LimitsWithoutStoreOptions {
  /** Counts for all gateways. @default - there is none */
  readonly store?: LimitStore | undefined;
  /** Counts for this one. */
  readonly local: MemoryLimitStore;
  /** Gateways among which each limit is divided. */
  readonly gateways: number;
}

/**
 * Limits that hold while the store of all gateways is slow or gone: a gateway then grants its share of each limit, the
 * limit divided by the number of gateways and rounded up, less what the store granted its requests in the same window.
 * Where requests were not spread evenly before, up to twice the limit may be granted in a window in which the store fails.
 */
export class LimitsWithoutStore implements LimitStore {
  readonly #options: LimitsWithoutStoreOptions;

  constructor(options: LimitsWithoutStoreOptions) {
    this.#options = options;
  }

  async reserve(counters: readonly LimitCounter[], leaseMs: number): Promise<LimitGrant | LimitRefusal> {
    const { store, local } = this.#options;
    const outcome = await store?.reserve(counters, leaseMs);
    if (outcome?.isGranted) return this.#counted(outcome, counters, leaseMs);
    if (outcome !== undefined) return outcome;
    const shares = counters.map((counter) => this.#share(counter));
    return local.reserveNow(shares, leaseMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.store?.close(), this.#options.local.close()]);
  }

  /** What the store granted, counted here as well. */
  #counted(grant: LimitGrant, counters: readonly LimitCounter[], leaseMs: number): LimitGrant {
    const amounts = counters.map((counter, index) => {
      const amount = grant.amounts[index] ?? 0;
      return { ...counter, max: Number.MAX_SAFE_INTEGER, amount, least: 0 };
    });
    const counted = this.#options.local.reserveNow(amounts, leaseMs);
    return {
      ...grant,
      settle: (used) => {
        grant.settle(used);
        if (counted.isGranted) counted.settle(used);
      },
    };
  }

  #share(counter: LimitCounter): LimitCounter {
    return { ...counter, max: Math.ceil(counter.max / this.#options.gateways) };
  }
}
