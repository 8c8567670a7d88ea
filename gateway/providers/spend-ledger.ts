import { monthOf, secondsToNextMonth } from "../../domain/targets/target-cost.ts";
import { type Reservation, SpendAccount, type SpendStore } from "./spend-account.ts";

export interface SpendLedgerOptions {
  /** Wall clock, Unix milliseconds. */
  readonly wallClock: () => number;
  /** @default - spend is this process's own */
  readonly store?: SpendStore | undefined;
  readonly onProblem?: ((provider: string, problem: string) => void) | undefined;
}

/**
 * What providers cost in the calendar month. Money is reserved before it is spent, so that requests that come together
 * can't pass a cap together; with a store it is also drawn there before, so that neither gateways together nor those
 * that are killed can pass it.
 */
export class SpendLedger {
  readonly #options: SpendLedgerOptions;
  readonly #accounts = new Map<string, SpendAccount>();

  constructor(options: SpendLedgerOptions) {
    this.#options = options;
  }

  /** Dollars of this month, as far as they are known here. */
  spentUsd(provider: string): number {
    return this.#account(provider).spentUsd;
  }

  /** Whether a response of at most `usd` fits under the cap; `null` is no cap. */
  hasRoom(provider: string, capUsd: number | null, usd: number): boolean {
    return this.#account(provider).hasRoom(capUsd, usd);
  }

  /** Dollars of this month that are not spent under a cap, and those of them that are set aside; `undefined` while unknown. */
  left(provider: string, capUsd: number): { readonly usd: number; readonly reservedUsd: number } | undefined {
    return this.#account(provider).left(capUsd);
  }

  /** Seconds until the month ends, and with it what was spent of a cap. */
  get secondsLeft(): number {
    return secondsToNextMonth(this.#options.wallClock());
  }

  /** Money of a request that costs at most `usd`. What it spends counts in the month in which it is settled. */
  reserve(provider: string, capUsd: number | null, usd: number): Reservation {
    return this.#account(provider).reserve(usd, capUsd, (spentUsd) => this.spend(provider, spentUsd));
  }

  /** Dollars that are no finite number above 0 are not counted: they would switch the cap off. */
  spend(provider: string, usd: number): void {
    if (Number.isFinite(usd) && usd > 0) this.#account(provider).spend(usd);
  }

  /** Writes the spending since the last time to the store, and reads the sum of all gateways. Never rejects. */
  async flush(providers: readonly string[]): Promise<void> {
    if (this.#options.store === undefined) return;
    const all = new Set([...providers, ...this.#accounts.keys()]);
    await Promise.all(Array.from(all, (provider) => this.#account(provider).flush()));
  }

  #account(provider: string): SpendAccount {
    const { wallClock, store, onProblem } = this.#options;
    const month = monthOf(wallClock());
    const known = this.#accounts.get(provider);
    if (known?.month === month) return known;
    // What is open of the month before is still written to that month's sum.
    void known?.flush();
    const onFailure = (problem: string) => onProblem?.(provider, problem);
    const account = new SpendAccount({ provider, month, store, onProblem: onFailure });
    this.#accounts.set(provider, account);
    return account;
  }
}
