import { randomInt } from "node:crypto";
import { textHash } from "../../domain/text-hash.ts";
import { locked } from "../../domain/thread-lock.ts";

/** Counters of one process at once: of the windows that are open, and of what is in progress. */
export const MAX_COUNTERS = 65_536;
/** Half of them are for counters of addresses: anybody can have any number of these, and they push no others out. */
const HALF = MAX_COUNTERS / 2;
const ADDRESS_PREFIX = "address:";
/** Rows in which a counter may be, from the one that its hash names. */
const PROBES = 16;
/** After so long, a counter of what is in progress that counts nothing gives its row away. */
const UNUSED_MS = 1000;

/** Where a counter is, by its name. */
export interface CounterHash {
  readonly high: number;
  readonly low: number;
}

interface Arrays {
  readonly lock: Int32Array;
  /** Two of each row. */
  readonly hashes: Int32Array;
  /** In milliseconds since 1970. Of what is in progress: when it was last looked up, negative. 0 for a row without a counter. */
  readonly windowEnds: Float64Array;
  readonly used: Float64Array;
  /** Of each row, by thread. */
  readonly inProgress: Int32Array;
}

/**
 * A table of counters that the threads of a process share. All methods but `exclusively` are called within it. When all
 * rows of a counter are taken, the window that ends first gives way, and begins anew.
 */
export class SharedCounters {
  readonly #arrays: Arrays;
  readonly #threads: number;
  readonly #thread: number;
  readonly #seed: number;

  static memory(threads: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(layout(threads).bytes);
    new Int32Array(memory, 0, 2)[1] = randomInt(2 ** 31);
    return memory;
  }

  /** What an earlier thread of this number had in progress is over. */
  constructor(memory: SharedArrayBuffer, { threads, thread }: { readonly threads: number; readonly thread: number }) {
    const { usedAt, hashesAt, inProgressAt } = layout(threads);
    this.#arrays = {
      lock: new Int32Array(memory, 0, 1),
      windowEnds: new Float64Array(memory, 8, MAX_COUNTERS),
      used: new Float64Array(memory, usedAt, MAX_COUNTERS),
      hashes: new Int32Array(memory, hashesAt, 2 * MAX_COUNTERS),
      inProgress: new Int32Array(memory, inProgressAt, threads * MAX_COUNTERS),
    };
    this.#threads = threads;
    this.#thread = thread;
    this.#seed = new Int32Array(memory, 4, 1)[0] ?? 0;
    this.exclusively(() => {
      const { inProgress } = this.#arrays;
      // Memory that was never written takes no space: it is not written with zeros either.
      for (let at = thread; at < inProgress.length; at += threads) if (inProgress[at] !== 0) inProgress[at] = 0;
    });
  }

  /** Runs a short step in which no other thread reads or changes the counters. */
  exclusively<T>(step: () => T): T {
    return locked(this.#arrays.lock, 0, step);
  }

  hashOf(name: string): CounterHash {
    const hash = textHash(name, this.#seed);
    const high = name.startsWith(ADDRESS_PREFIX) ? hash | HALF : hash & ~HALF;
    return { high, low: textHash(name, high ^ 0x9e3779b9) };
  }

  /** @returns the counter's row, if it has one */
  find({ high, low }: CounterHash): number | undefined {
    const { hashes } = this.#arrays;
    for (let probe = 0; probe < PROBES; probe++) {
      const row = rowAt(high, probe);
      if (hashes[2 * row] === high && hashes[2 * row + 1] === low) return row;
    }
    return undefined;
  }

  /** The row of a counter, emptied when its window is over. @param windowEnd 0 for what is in progress */
  rowOf(hash: CounterHash, windowEnd: number, now: number): number {
    const known = this.find(hash);
    const { hashes, windowEnds, used, inProgress } = this.#arrays;
    if (known !== undefined && windowEnd === 0) windowEnds[known] = -now;
    if (known !== undefined && (windowEnd === 0 || this.windowEnd(known) > now)) return known;
    const row = known ?? this.#rowToTake(hash, now);
    hashes[2 * row] = hash.high;
    hashes[2 * row + 1] = hash.low;
    windowEnds[row] = windowEnd === 0 ? -now : windowEnd;
    used[row] = 0;
    inProgress.fill(0, row * this.#threads, (row + 1) * this.#threads);
    return row;
  }

  /** Milliseconds since 1970. */
  windowEnd(row: number): number {
    return this.#arrays.windowEnds[row] ?? 0;
  }

  used(row: number): number {
    return this.#arrays.used[row] ?? 0;
  }

  setUsed(row: number, used: number): void {
    this.#arrays.used[row] = used;
  }

  /** Of all threads. */
  inProgress(row: number): number {
    let sum = 0;
    const end = (row + 1) * this.#threads;
    for (let at = row * this.#threads; at < end; at++) sum += this.#arrays.inProgress[at] ?? 0;
    return sum;
  }

  /** Adds to what this thread has in progress. */
  addInProgress(row: number, difference: number): void {
    const at = row * this.#threads + this.#thread;
    this.#arrays.inProgress[at] = Math.max(0, (this.#arrays.inProgress[at] ?? 0) + difference);
  }

  #rowToTake({ high }: CounterHash, now: number): number {
    let taken = rowAt(high, 0);
    let endsFirst = Number.POSITIVE_INFINITY;
    for (let probe = 0; probe < PROBES; probe++) {
      const row = rowAt(high, probe);
      const end = this.windowEnd(row);
      // One that was just looked up is about to be counted in.
      if (end > 0 ? end <= now : this.inProgress(row) === 0 && now + end > UNUSED_MS) return row;
      if (end > 0 && end < endsFirst) {
        endsFirst = end;
        taken = row;
      }
    }
    return taken;
  }
}

/** A row of the half that the hash names. */
function rowAt(high: number, probe: number): number {
  return (high & HALF) | ((high + probe) & (HALF - 1));
}

/** The lock and the seed, then an array of each field. */
function layout(threads: number) {
  const usedAt = 8 + MAX_COUNTERS * 8;
  const hashesAt = usedAt + MAX_COUNTERS * 8;
  const inProgressAt = hashesAt + MAX_COUNTERS * 8;
  return { usedAt, hashesAt, inProgressAt, bytes: inProgressAt + MAX_COUNTERS * threads * 4 };
}
