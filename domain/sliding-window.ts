const FIRST_CAPACITY = 8;

export interface SlidingWindowOptions {
  /** Requests admitted in any window of `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
  /** Callers remembered at most; beyond it the one silent for longest is forgotten. */
  readonly maxCallers: number;
}

/** What the window says about one request. */
export interface WindowDecision {
  readonly admitted: boolean;
  /** Requests that this caller may still send now. */
  readonly remaining: number;
  /** Milliseconds until the oldest counted request leaves the window, which frees one place. */
  readonly resetMs: number;
}

/**
 * An exact limit on requests per caller: it remembers when each admitted request came, so that no window of `windowMs`,
 * wherever it starts, holds more than `limit`. Refused requests are not counted: who waits `resetMs` is let in.
 * Memory: 8 bytes per request of the last window, and at most `maxCallers` callers.
 */
export class SlidingWindow {
  readonly #options: SlidingWindowOptions;
  /** In the order of the last admitted request, the longest silent first. */
  readonly #callers = new Map<string, TimeRing>();

  constructor(options: SlidingWindowOptions) {
    this.#options = options;
  }

  /** Callers remembered now. */
  get size(): number {
    return this.#callers.size;
  }

  /** Counts one request of `caller` at `nowMs` (any monotonic clock) and says whether it may pass. */
  admit(caller: string, nowMs: number): WindowDecision {
    const { limit, windowMs } = this.#options;
    const ring = this.#callers.get(caller) ?? new TimeRing(limit);
    ring.dropUntil(nowMs - windowMs);
    const admitted = ring.length < limit;
    if (admitted) {
      ring.push(nowMs);
      this.#callers.delete(caller);
      this.#callers.set(caller, ring);
      this.#forget(nowMs);
    }
    return { admitted, remaining: limit - ring.length, resetMs: ring.oldest + windowMs - nowMs };
  }

  /** Two steps for each step that may add one: idle callers leave faster than new ones come. */
  #forget(nowMs: number): void {
    const { windowMs, maxCallers } = this.#options;
    let steps = 2;
    for (const [caller, ring] of this.#callers) {
      const isIdle = ring.newest <= nowMs - windowMs;
      if (steps-- === 0 || !(isIdle || this.#callers.size > maxCallers)) return;
      this.#callers.delete(caller);
    }
  }
}

/** Times in the order they came, in a ring that grows up to the limit. */
class TimeRing {
  #times: Float64Array;
  #start = 0;
  #length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#times = new Float64Array(Math.min(FIRST_CAPACITY, limit));
  }

  get length(): number {
    return this.#length;
  }

  get oldest(): number {
    return this.#times[this.#start] ?? 0;
  }

  get newest(): number {
    return this.#times[(this.#start + this.#length - 1) % this.#times.length] ?? 0;
  }

  push(time: number): void {
    if (this.#length === this.#times.length) this.#grow();
    this.#times[(this.#start + this.#length) % this.#times.length] = time;
    this.#length++;
  }

  /** Forgets the times up to and including `time`. */
  dropUntil(time: number): void {
    while (this.#length > 0 && this.oldest <= time) {
      this.#start = (this.#start + 1) % this.#times.length;
      this.#length--;
    }
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#times.length * 2, this.#limit));
    const head = this.#times.subarray(this.#start);
    larger.set(head);
    larger.set(this.#times.subarray(0, this.#start), head.length);
    this.#times = larger;
    this.#start = 0;
  }
}
