import { setImmediate } from "node:timers/promises";
import type { QuotaCount, QuotaSum, QuotaTable } from "./quota-table.ts";

export interface TableSumOptions {
  readonly sum: QuotaSum;
  readonly table: QuotaTable;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Called when the table fails that was reachable before. */
  readonly onProblem?: ((problem: string) => void) | undefined;
}

/** So long a count of the table refuses requests that don't fit, without a call for each. */
const FRESH_MS = 1000;
/** Over which the use of a thread is measured. */
const RATE_MS = 2000;
/** Between two looks at a table that has failed. */
const PROBE_MS = 1000;

/** A sum of the table, as this thread knows it. */
export class TableSum {
  readonly #options: TableSumOptions;
  readonly #calls = new Set<Promise<unknown>>();
  /** Used by requests that are settled, and not yet written. */
  #unwritten = 0;
  #drawn = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #calledAt = Number.NEGATIVE_INFINITY;
  /** Used since a time, and what that was in each millisecond before. */
  #recent = { used: 0, since: 0 };
  #usePerMs = 0;
  #isReachable = true;

  constructor(options: TableSumOptions) {
    this.#options = options;
    this.#recent.since = options.now();
  }

  /** What all gateways have drawn, after the newest response. */
  get drawn(): number {
    return this.#drawn;
  }

  /** Whether the table has responded once. */
  get isKnown(): boolean {
    return this.#countedAt !== Number.NEGATIVE_INFINITY;
  }

  /** Whether it has responded in the last second. */
  get isFresh(): boolean {
    return this.#options.now() - this.#countedAt < FRESH_MS;
  }

  /** Whether the last call has succeeded. */
  get isReachable(): boolean {
    return this.#isReachable;
  }

  get isCalling(): boolean {
    return this.#calls.size > 0;
  }

  /** Whether there is use that is not written. */
  get hasUse(): boolean {
    return this.#unwritten > 0;
  }

  /** Milliseconds since the last call. */
  get silentMs(): number {
    return this.#options.now() - this.#calledAt;
  }

  /** Counts what requests have used; it is written with the next addition. */
  countUse(used: number): void {
    this.#unwritten += used;
    this.#recent.used += used;
  }

  /** Use of this thread in each millisecond, over the last seconds. */
  get usePerMs(): number {
    const now = this.#options.now();
    const elapsedMs = now - this.#recent.since;
    if (elapsedMs < RATE_MS) return this.#usePerMs;
    // After a pause of any length the last rate counts half.
    this.#usePerMs = Math.max(this.#recent.used / elapsedMs, this.#usePerMs / 2);
    this.#recent = { used: 0, since: now };
    return this.#usePerMs;
  }

  /**
   * Adds to what is drawn, unless it would be over `max`. Never rejects.
   * @returns undefined when the table can't be reached. The use that was to be written isn't then written again: it might
   * count twice.
   */
  async add(drawn: number, max?: number): Promise<QuotaCount | undefined> {
    const used = this.#unwritten;
    this.#unwritten = 0;
    const { table, sum } = this.#options;
    const limit = max === Number.POSITIVE_INFINITY ? undefined : max;
    const count = await this.#call(() => table.add(sum, drawn, used, limit));
    if (count?.isAdded === false) this.#unwritten += used;
    return count;
  }

  /** Looks whether a table that has failed responds again: by a read, as a draw without response stays counted. */
  async probe(): Promise<void> {
    const { table, sum } = this.#options;
    if (this.#isReachable || this.isCalling || this.silentMs < PROBE_MS) return;
    await this.#call(() => table.read(sum));
  }

  /** Resolves when no call is under way, and those who waited for one have gone on. */
  async responded(): Promise<void> {
    await Promise.allSettled([...this.#calls]);
    await setImmediate();
  }

  async #call(send: () => Promise<QuotaCount>): Promise<QuotaCount | undefined> {
    const { now, onProblem } = this.#options;
    this.#calledAt = now();
    const call = send();
    this.#calls.add(call);
    try {
      const count = await call;
      this.#isReachable = true;
      this.#drawn = count.drawn;
      this.#countedAt = now();
      return count;
    } catch (error) {
      if (this.#isReachable) onProblem?.(error instanceof Error ? error.name : "unknown error");
      this.#isReachable = false;
      return undefined;
    } finally {
      this.#calls.delete(call);
    }
  }
}
