import { leastOf, settledAmount } from "./limit-amounts.ts";
import type { LimitCounter, LimitGrant, LimitRefusal, LimitStore } from "./limit-store.ts";
import { type CounterHash, SharedCounters } from "./shared-counters.ts";

export interface MemoryLimitStoreOptions {
  /** `MemoryLimitStore.memory` of the process. @default - this store is alone */
  readonly memory?: SharedArrayBuffer | undefined;
  /** Threads that share the memory. @default 1 */
  readonly threads?: number;
  /** Which of the threads this is, from 0. @default 0 */
  readonly thread?: number;
  /** Milliseconds since 1970. @default - Date.now */
  readonly wallClock?: (() => number) | undefined;
}

/** A counter and where it stands. */
interface Entry {
  readonly hash: CounterHash;
  readonly row: number;
  readonly windowEnd: number;
  readonly left: number;
  readonly granted: number;
}

/** Longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Counts the use of one process, exactly for all of its threads together. */
export class MemoryLimitStore implements LimitStore {
  readonly #counters: SharedCounters;
  readonly #wallClock: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();

  static memory(threads: number): SharedArrayBuffer {
    return SharedCounters.memory(threads);
  }

  constructor({ threads = 1, thread = 0, memory, wallClock = Date.now }: MemoryLimitStoreOptions = {}) {
    this.#counters = new SharedCounters(memory ?? SharedCounters.memory(threads), { threads, thread });
    this.#wallClock = wallClock;
  }

  reserve(counters: readonly LimitCounter[], leaseMs: number): Promise<LimitGrant | LimitRefusal> {
    return Promise.resolve(this.reserveNow(counters, leaseMs));
  }

  /** As `reserve`, at once. */
  reserveNow(counters: readonly LimitCounter[], leaseMs: number): LimitGrant | LimitRefusal {
    const now = this.#wallClock();
    const hashes = counters.map(({ name, windowSeconds }) => this.#counters.hashOf(`${name} ${windowSeconds}`));
    const outcome = this.#counters.exclusively(() => this.#count(counters, hashes, now));
    if ("isGranted" in outcome) return outcome;
    const lease = new MemoryLease(this.#counters, outcome, () => {
      clearTimeout(timer);
      if (timer !== undefined) this.#timers.delete(timer);
    });
    let timer: NodeJS.Timeout | undefined;
    if (outcome.some(({ windowEnd, granted }) => windowEnd === 0 && granted > 0)) {
      timer = setTimeout(() => lease.expire(), Math.min(leaseMs, MAX_TIMER_MS)).unref();
      this.#timers.add(timer);
    }
    return {
      isGranted: true,
      amounts: outcome.map(({ granted }) => granted),
      left: outcome.map(({ left, granted }) => left - granted),
      resetMs: outcome.map(({ windowEnd }) => (windowEnd === 0 ? 0 : windowEnd - now)),
      settle: (used) => lease.settle(used),
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #count(
    counters: readonly LimitCounter[],
    hashes: readonly CounterHash[],
    now: number,
  ): readonly Entry[] | LimitRefusal {
    const entries: Entry[] = [];
    let refusal: LimitRefusal | undefined;
    for (const [index, counter] of counters.entries()) {
      const entry = this.#entryOf(counter, hashes[index] ?? { high: 0, low: 0 }, now);
      entries.push(entry);
      if (entry.granted >= leastOf(counter)) continue;
      const resetMs = entry.windowEnd === 0 ? 0 : entry.windowEnd - now;
      if (refusal !== undefined && refusal.resetMs >= resetMs) continue;
      refusal = { isGranted: false, counter: index, left: entry.left, resetMs };
    }
    if (refusal !== undefined) return refusal;
    for (const { row, windowEnd, granted } of entries) {
      if (windowEnd === 0) this.#counters.addInProgress(row, granted);
      else this.#counters.setUsed(row, this.#counters.used(row) + granted);
    }
    return entries;
  }

  #entryOf({ windowSeconds, max, amount }: LimitCounter, hash: CounterHash, now: number): Entry {
    const windowMs = 1000 * windowSeconds;
    const debt = windowMs === 0 ? 0 : this.#debtOf(hash, windowMs, max, now);
    const row = this.#counters.rowOf(hash, windowMs === 0 ? 0 : now - (now % windowMs) + windowMs, now);
    if (debt > 0) this.#counters.setUsed(row, debt);
    const used = windowMs === 0 ? this.#counters.inProgress(row) : this.#counters.used(row);
    const left = Math.max(0, max - used);
    const windowEnd = windowMs === 0 ? 0 : this.#counters.windowEnd(row);
    return { hash, row, windowEnd, left, granted: Math.min(amount, left) };
  }

  /** What the window before has used beyond the limit, where a window begins now: a prompt may be longer than estimated. */
  #debtOf(hash: CounterHash, windowMs: number, max: number, now: number): number {
    const row = this.#counters.find(hash);
    if (row === undefined) return 0;
    const end = this.#counters.windowEnd(row);
    return end <= now && now < end + windowMs ? Math.max(0, this.#counters.used(row) - max) : 0;
  }
}

/** What a request holds until it is settled or expires. */
class MemoryLease {
  readonly #counters: SharedCounters;
  readonly #entries: readonly Entry[];
  readonly #onSettled: () => void;
  #isSettled = false;
  #isExpired = false;

  constructor(counters: SharedCounters, entries: readonly Entry[], onSettled: () => void) {
    this.#counters = counters;
    this.#entries = entries;
    this.#onSettled = onSettled;
  }

  settle(used: readonly number[]): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#onSettled();
    this.#counters.exclusively(() => {
      for (const [index, entry] of this.#entries.entries()) {
        if (entry.windowEnd === 0) this.#release(entry);
        else this.#correct(entry, settledAmount(used[index], entry.granted));
      }
    });
  }

  /** What it has in progress no longer counts. */
  expire(): void {
    if (this.#isSettled || this.#isExpired) return;
    this.#counters.exclusively(() => {
      for (const entry of this.#entries) if (entry.windowEnd === 0) this.#release(entry);
    });
    this.#isExpired = true;
  }

  #release({ hash, granted }: Entry): void {
    const row = this.#counters.find(hash);
    if (row !== undefined && !this.#isExpired) this.#counters.addInProgress(row, -granted);
  }

  #correct({ hash, windowEnd, granted }: Entry, used: number): void {
    const row = this.#counters.find(hash);
    if (row === undefined || used === granted) return;
    // Of a window that is over, what was used beyond the grant counts in the one that has begun since.
    if (this.#counters.windowEnd(row) !== windowEnd && used < granted) return;
    this.#counters.setUsed(row, Math.max(0, this.#counters.used(row) + used - granted));
  }
}
