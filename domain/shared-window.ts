import { locked } from "./spin-lock.ts";

export interface SharedWindowOptions {
  /** Requests admitted in any window of `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
  /** Callers remembered at most; beyond it those silent for longest are forgotten. */
  readonly maxCallers: number;
}

/** What the window says about one request. */
export interface WindowDecision {
  readonly admitted: boolean;
  /** Requests that this caller may still send now. */
  readonly remaining: number;
  /** Milliseconds until the oldest counted request leaves the window, which frees a place. */
  readonly resetMs: number;
}

/** Times kept for one caller; with a higher limit, one time stands for several requests. */
const MAX_TIMES = 4096;
/** Address space for all callers, used only as callers come. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Places among which a caller is looked for; the one silent for longest makes room. */
const WAYS = 8;
/** Int32 fields before a caller's times. */
const FIELDS = { hashHigh: 0, hashLow: 1, start: 2, length: 3, pending: 4, times: 5 } as const;

/**
 * An exact limit on requests per caller, for all threads of a process together: it keeps when each admitted request
 * came, in memory that threads share, so that no window of `windowMs`, wherever it starts, holds more than `limit`.
 * Refused requests are not counted: who waits `resetMs` is let in. Limits over 4,096 are kept in groups of requests and
 * are a little stricter than they say (by less than 1/4,096).
 */
export class SharedWindow {
  readonly #options: SharedWindowOptions;
  /** Requests that one kept time stands for. */
  readonly #group: number;
  readonly #capacity: number;
  readonly #sets: number;
  readonly #stride: number;
  readonly #locks: Int32Array;
  /** When each place last admitted a request; 0 for never. */
  readonly #lastUsed: Float64Array;
  readonly #words: Int32Array;
  readonly #seed: number;

  /** Memory for one window; it goes to every thread that shares it. @param seed random, so that no one can aim at a place */
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
    this.#lastUsed = new Float64Array(memory, lastUsedAt, sets * WAYS);
    this.#words = new Int32Array(memory, wordsAt, sets * WAYS * stride);
  }

  /**
   * Counts one request of `caller` and says whether it may pass.
   * @param nowMs of a monotonic clock that all threads share, above 0
   */
  admit(caller: string, nowMs: number): WindowDecision {
    const high = hash(caller, this.#seed);
    const low = hash(caller, high ^ 0x9e3779b9);
    const set = (high >>> 0) % this.#sets;
    return locked(this.#locks, set, () => this.#decide(this.#place(set, high, low, nowMs), nowMs));
  }

  /** The caller's place, emptied when it was someone else's or silent for a window. @returns its number */
  #place(set: number, high: number, low: number, nowMs: number): number {
    let oldest = set * WAYS;
    for (let place = set * WAYS; place < (set + 1) * WAYS; place++) {
      const lastUsed = this.#lastUsed[place] ?? 0;
      const isCallers = this.#get(place, FIELDS.hashHigh) === high && this.#get(place, FIELDS.hashLow) === low;
      if (isCallers && lastUsed > 0) {
        if (lastUsed + this.#options.windowMs <= nowMs) this.#clear(place, high, low);
        return place;
      }
      if (lastUsed < (this.#lastUsed[oldest] ?? 0)) oldest = place;
    }
    this.#clear(oldest, high, low);
    return oldest;
  }

  #clear(place: number, high: number, low: number): void {
    this.#set(place, FIELDS.hashHigh, high);
    this.#set(place, FIELDS.hashLow, low);
    for (const field of [FIELDS.start, FIELDS.length, FIELDS.pending]) this.#set(place, field, 0);
  }

  #decide(place: number, nowMs: number): WindowDecision {
    const { limit, windowMs } = this.#options;
    const now = Math.ceil(nowMs) | 0;
    let start = this.#get(place, FIELDS.start);
    let length = this.#get(place, FIELDS.length);
    let pending = this.#get(place, FIELDS.pending);
    // Differences of 32-bit times are right across their overflow: a caller silent for a window was emptied above.
    while (length > 0 && ((now - this.#time(place, start)) | 0) >= windowMs) {
      start = (start + 1) % this.#capacity;
      length--;
    }
    const used = length * this.#group + pending;
    const admitted = used < limit;
    if (admitted) {
      pending++;
      // A group that is not full yet at the limit is full enough: the ring has one time for each group of the limit.
      if (pending === this.#group || used + 1 === limit) {
        this.#set(place, FIELDS.times + ((start + length) % this.#capacity), now);
        length++;
        pending = 0;
      }
      this.#lastUsed[place] = nowMs;
      this.#set(place, FIELDS.pending, pending);
    }
    this.#set(place, FIELDS.start, start);
    this.#set(place, FIELDS.length, length);
    const oldest = length > 0 ? this.#time(place, start) : now;
    const resetMs = ((oldest - now) | 0) + Math.ceil(nowMs) + windowMs - nowMs;
    return { admitted, remaining: Math.max(0, limit - length * this.#group - pending), resetMs };
  }

  #time(place: number, index: number): number {
    return this.#get(place, FIELDS.times + index);
  }

  #get(place: number, field: number): number {
    return this.#words[place * this.#stride + field] ?? 0;
  }

  #set(place: number, field: number, value: number): void {
    this.#words[place * this.#stride + field] = value;
  }
}

/** Locks and the seed, then the time of each place's last use, then the places. */
function layout({ limit, maxCallers }: SharedWindowOptions) {
  const group = Math.ceil(limit / MAX_TIMES);
  const capacity = Math.ceil(limit / group);
  const stride = FIELDS.times + capacity;
  const bytesPerSet = WAYS * (stride * 4 + 8) + 4;
  const sets = Math.max(1, Math.floor(Math.min(maxCallers / WAYS, MAX_BYTES / bytesPerSet)));
  const lastUsedAt = Math.ceil((sets + 1) / 2) * 8; // 8-byte aligned
  const wordsAt = lastUsedAt + sets * WAYS * 8;
  return { group, capacity, stride, sets, lastUsedAt, wordsAt, bytes: wordsAt + sets * WAYS * stride * 4 };
}

/** FNV-1a over UTF-16 code units, with a seed and a final mix. */
function hash(text: string, seed: number): number {
  let value = seed ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return value ^ (value >>> 13);
}
