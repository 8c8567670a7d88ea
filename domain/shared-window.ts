import { textHash } from "./text-hash.ts";
import { locked } from "./thread-lock.ts";

export interface SharedWindowOptions {
  /** Requests admitted in any window of `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
  /** Callers stored at most; beyond it the least recent ones are forgotten. */
  readonly maxCallers: number;
}

/** The window's decision about one request. */
export interface WindowDecision {
  readonly admitted: boolean;
  /** Requests that this caller may still send now. */
  readonly remaining: number;
  /** Milliseconds until the oldest counted request leaves the window, which lets another one in. */
  readonly resetMs: number;
}

/** A caller's hash, and the set of entries that it is looked up in. */
interface CallerHash {
  readonly set: number;
  readonly high: number;
  readonly low: number;
}

/** Times stored for one caller; with a higher limit, one time stands for several requests. */
const MAX_TIMES = 4096;
/** Address space for all callers, used only as callers come. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Associativity: entries among which a caller is looked up; the least recently used one is replaced. */
const ENTRIES_PER_SET = 8;
/** Int32 fields before a caller's times. */
const FIELDS = { hashHigh: 0, hashLow: 1, start: 2, length: 3, pending: 4, times: 5 } as const;

/**
 * An exact limit on requests per caller, for all threads of a process together: it stores the time of each admitted
 * request, in memory that threads share, so that no window of `windowMs`, wherever it starts, holds more than `limit`.
 * Refused requests are not counted: a caller that waits `resetMs` is admitted. Limits over 4,096 are stored in groups of
 * requests and are a little stricter (by less than 1/4,096).
 */
export class SharedWindow {
  readonly #options: SharedWindowOptions;
  /** Requests that one stored time stands for. */
  readonly #group: number;
  readonly #capacity: number;
  readonly #sets: number;
  readonly #stride: number;
  readonly #locks: Int32Array;
  /** When each entry last admitted a request; 0 for never. */
  readonly #lastUsed: Float64Array;
  readonly #words: Int32Array;
  readonly #seed: number;

  /** Memory for one window; it goes to every thread that shares it. @param seed random, so that no caller can target an entry */
  static memory(options: SharedWindowOptions, seed: number): SharedArrayBuffer {
    const { sets, bytes } = layout(options);
    const memory = new SharedArrayBuffer(bytes);
    new Int32Array(memory)[sets] = seed;
    return memory;
  }

  constructor(options: SharedWindowOptions, memory: SharedArrayBuffer) {
    const { sets, group, capacity, stride, lastUsedAt, wordsAt } = layout(options);
    this.#options = options;
    this.#group = group;
    this.#capacity = capacity;
    this.#sets = sets;
    this.#stride = stride;
    this.#locks = new Int32Array(memory, 0, sets + 1);
    this.#seed = this.#locks[sets] ?? 0;
    this.#lastUsed = new Float64Array(memory, lastUsedAt, sets * ENTRIES_PER_SET);
    this.#words = new Int32Array(memory, wordsAt, sets * ENTRIES_PER_SET * stride);
  }

  /**
   * Counts one request of `caller` and decides whether it is admitted.
   * @param nowMs of a monotonic clock that all threads share, above 0
   */
  admit(caller: string, nowMs: number): WindowDecision {
    const located = this.#locate(caller);
    return locked(this.#locks, located.set, () => this.#decide(this.#entryOf(located, nowMs), nowMs, true));
  }

  /** The decision about a request that is not counted. */
  peek(caller: string, nowMs: number): WindowDecision {
    const located = this.#locate(caller);
    return locked(this.#locks, located.set, () => {
      const entry = this.#find(located);
      const lastUsed = entry === undefined ? 0 : (this.#lastUsed[entry] ?? 0);
      const isSilent = lastUsed + this.#options.windowMs <= nowMs;
      if (entry !== undefined && !isSilent) return this.#decide(entry, nowMs, false);
      return { admitted: true, remaining: this.#options.limit, resetMs: 0 };
    });
  }

  #locate(caller: string): CallerHash {
    const high = textHash(caller, this.#seed);
    const low = textHash(caller, high ^ 0x9e3779b9);
    return { set: (high >>> 0) % this.#sets, high, low };
  }

  #find({ set, high, low }: CallerHash): number | undefined {
    for (let entry = set * ENTRIES_PER_SET; entry < (set + 1) * ENTRIES_PER_SET; entry++) {
      const isCallers = this.#get(entry, FIELDS.hashHigh) === high && this.#get(entry, FIELDS.hashLow) === low;
      if (isCallers && (this.#lastUsed[entry] ?? 0) > 0) return entry;
    }
    return undefined;
  }

  /** The caller's entry, emptied when it was another caller's or silent for a window. @returns its number */
  #entryOf({ set, high, low }: CallerHash, nowMs: number): number {
    let oldest = set * ENTRIES_PER_SET;
    for (let entry = set * ENTRIES_PER_SET; entry < (set + 1) * ENTRIES_PER_SET; entry++) {
      const lastUsed = this.#lastUsed[entry] ?? 0;
      const isCallers = this.#get(entry, FIELDS.hashHigh) === high && this.#get(entry, FIELDS.hashLow) === low;
      if (isCallers && lastUsed > 0) {
        if (lastUsed + this.#options.windowMs <= nowMs) this.#clear(entry, high, low);
        return entry;
      }
      if (lastUsed < (this.#lastUsed[oldest] ?? 0)) oldest = entry;
    }
    this.#clear(oldest, high, low);
    return oldest;
  }

  #clear(entry: number, high: number, low: number): void {
    this.#set(entry, FIELDS.hashHigh, high);
    this.#set(entry, FIELDS.hashLow, low);
    for (const field of [FIELDS.start, FIELDS.length, FIELDS.pending]) this.#set(entry, field, 0);
  }

  #decide(entry: number, nowMs: number, counts: boolean): WindowDecision {
    const { limit, windowMs } = this.#options;
    const now = Math.ceil(nowMs) | 0;
    let start = this.#get(entry, FIELDS.start);
    let length = this.#get(entry, FIELDS.length);
    let pending = this.#get(entry, FIELDS.pending);
    // Differences of 32-bit times are right across their overflow: a caller silent for a window was emptied above.
    while (length > 0 && ((now - this.#time(entry, start)) | 0) >= windowMs) {
      start = (start + 1) % this.#capacity;
      length--;
    }
    const used = length * this.#group + pending;
    const admitted = used < limit;
    if (admitted && counts) {
      pending++;
      // A group that is not full yet at the limit is full enough: the ring has one time for each group of the limit.
      if (pending === this.#group || used + 1 === limit) {
        this.#set(entry, FIELDS.times + ((start + length) % this.#capacity), now);
        length++;
        pending = 0;
      }
      this.#lastUsed[entry] = nowMs;
      this.#set(entry, FIELDS.pending, pending);
    }
    this.#set(entry, FIELDS.start, start);
    this.#set(entry, FIELDS.length, length);
    const oldest = length > 0 ? this.#time(entry, start) : now;
    const resetMs = ((oldest - now) | 0) + Math.ceil(nowMs) + windowMs - nowMs;
    return { admitted, remaining: Math.max(0, limit - length * this.#group - pending), resetMs };
  }

  #time(entry: number, index: number): number {
    return this.#get(entry, FIELDS.times + index);
  }

  #get(entry: number, field: number): number {
    return this.#words[entry * this.#stride + field] ?? 0;
  }

  #set(entry: number, field: number, value: number): void {
    this.#words[entry * this.#stride + field] = value;
  }
}

/** Locks and the seed, then the time of each entry's last use, then the entries. */
function layout({ limit, maxCallers }: SharedWindowOptions) {
  const group = Math.ceil(limit / MAX_TIMES);
  const capacity = Math.ceil(limit / group);
  const stride = FIELDS.times + capacity;
  const bytesPerSet = ENTRIES_PER_SET * (stride * 4 + 8) + 4;
  const sets = Math.max(1, Math.floor(Math.min(maxCallers / ENTRIES_PER_SET, MAX_BYTES / bytesPerSet)));
  const lastUsedAt = Math.ceil((sets + 1) / 2) * 8; // 8-byte aligned
  const wordsAt = lastUsedAt + sets * ENTRIES_PER_SET * 8;
  return { group, capacity, stride, sets, lastUsedAt, wordsAt, bytes: wordsAt + sets * ENTRIES_PER_SET * stride * 4 };
}
