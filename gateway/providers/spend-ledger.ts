import { monthOf } from "../../domain/targets/target-cost.ts";

/** Spend stored outside this process. Rejects when it can't be reached. */
export interface SpendStore {
  /** Adds to a month's spend of a provider. @returns the sum of all gateways in dollars */
  add(provider: string, month: string, usd: number): Promise<number>;
}

export interface SpendLedgerOptions {
  /** Wall clock, Unix milliseconds. */
  readonly wallClock: () => number;
  /** @default - spend is this process's own */
  readonly store?: SpendStore | undefined;
  readonly onProblem?: ((provider: string, problem: string) => void) | undefined;
}

/** What one provider has cost in a month. */
interface Account {
  month: string;
  /** The store's last sum, of all gateways together; without a store, this one's. */
  settled: number;
  /** Not yet written to the store. */
  pending: number;
  /** Upper bounds of the requests in progress. */
  reserved: number;
}

/**
 * What providers cost in the calendar month: money that is about to be spent is reserved first, so that requests that
 * come together can't pass a cap together. Other gateways' spend is known as of the last `flush`.
 */
export class SpendLedger {
  readonly #options: SpendLedgerOptions;
  readonly #accounts = new Map<string, Account>();

  constructor(options: SpendLedgerOptions) {
    this.#options = options;
  }

  /** Dollars of this month, as far as they are known here. */
  spentUsd(provider: string): number {
    const { settled, pending } = this.#account(provider);
    return settled + pending;
  }

  /** Whether a response of at most `usd` fits under the cap; `null` is no cap. */
  hasRoom(provider: string, capUsd: number | null, usd: number): boolean {
    if (capUsd === null) return true;
    return this.spentUsd(provider) + this.#account(provider).reserved + usd <= capUsd;
  }

  /** @returns the function that releases the reserved dollars; a second call does nothing */
  reserve(provider: string, usd: number): () => void {
    const account = this.#account(provider);
    account.reserved += usd;
    let isHeld = true;
    return () => {
      if (isHeld) account.reserved = Math.max(0, account.reserved - usd);
      isHeld = false;
    };
  }

  /** Dollars that are no finite number above 0 are not counted: they would switch the cap off. */
  spend(provider: string, usd: number): void {
    if (!Number.isFinite(usd) || usd <= 0) return;
    this.#account(provider).pending += usd;
  }

  /** Writes the spending since the last time to the store, and reads the sum of all gateways. Never rejects. */
  async flush(providers: readonly string[]): Promise<void> {
    const { store, onProblem } = this.#options;
    if (store === undefined) return;
    await Promise.all(
      providers.map(async (provider) => {
        const account = this.#account(provider);
        const { month, pending } = account;
        account.pending = 0;
        account.settled += pending;
        try {
          const settled = await store.add(provider, month, pending);
          if (!Number.isFinite(settled) || settled < 0) throw new RangeError("the store's sum is no number of dollars");
          if (account.month === month) account.settled = settled;
        } catch (error) {
          account.settled -= pending;
          account.pending += pending;
          onProblem?.(provider, error instanceof Error ? error.name : "unknown error");
        }
      }),
    );
  }

  #account(provider: string): Account {
    const month = monthOf(this.#options.wallClock());
    const known = this.#accounts.get(provider);
    if (known === undefined) {
      const account: Account = { month, settled: 0, pending: 0, reserved: 0 };
      this.#accounts.set(provider, account);
      return account;
    }
    if (known.month !== month) Object.assign(known, { month, settled: 0, pending: 0 });
    return known;
  }
}
