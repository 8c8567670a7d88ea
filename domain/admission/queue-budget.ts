import { locked } from "../thread-lock.ts";

export interface QueueUse {
  readonly requests: number;
  readonly bytes: number;
}

const NOTHING: QueueUse = { requests: 0, bytes: 0 };

export interface QueueBudgetOptions {
  /** Requests that all queues of this budget may hold together. */
  readonly maxRequests: number;
  /** Bytes of their bodies, together. */
  readonly maxBytes: number;
  /** Whether several queues share it. Then none may hold more than it leaves free, so that there is always capacity for another. */
  readonly isShared: boolean;
  /** Memory in which threads count together. @default - this budget is one thread's alone */
  readonly shared?: { readonly memory: SharedArrayBuffer; readonly thread: number } | undefined;
}

/** Int32 lock, padded; then requests and bytes of each thread. */
const LOCK_BYTES = 8;
const CELLS = 2;

/**
 * The budget of all queues of a process together. A queue's own bound is the part that all queues leave free (dynamic
 * thresholds, Choudhury and Hahne, 1998): one that fills up alone stops at half of the whole, two at a third each; an empty
 * queue can use the rest at once, and no fixed share is idle.
 */
export class QueueBudget {
  readonly maxRequests: number;
  readonly maxBytes: number;
  readonly #isShared: boolean;
  readonly #lock: Int32Array;
  /** Each thread writes only its own two. */
  readonly #cells: Float64Array;
  readonly #own: number;

  static memory(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer(LOCK_BYTES + threads * CELLS * 8);
  }

  constructor({ maxRequests, maxBytes, isShared, shared }: QueueBudgetOptions) {
    const { memory, thread } = shared ?? { memory: QueueBudget.memory(1), thread: 0 };
    this.#lock = new Int32Array(memory, 0, 1);
    this.#cells = new Float64Array(memory, LOCK_BYTES);
    this.#own = thread * CELLS;
    // A thread that replaces a failed one begins at zero.
    this.#cells.fill(0, this.#own, this.#own + CELLS);
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
    this.#isShared = isShared;
  }

  /** Of all threads. */
  get used(): QueueUse {
    let [requests, bytes] = [0, 0];
    for (let cell = 0; cell < this.#cells.length; cell += CELLS) {
      requests += this.#cells[cell] ?? 0;
      bytes += this.#cells[cell + 1] ?? 0;
    }
    return { requests, bytes };
  }

  /** Of this thread. */
  get ownRequests(): number {
    return this.#cells[this.#own] ?? 0;
  }

  /** Checks and takes capacity, before another thread does. */
  exclusively<T>(step: () => T): T {
    return locked(this.#lock, 0, step);
  }

  /**
   * Whether a queue that holds `own` may accept one more request of `bytes`, after it evicts `victims` of its own, with
   * `reserved` free for others.
   */
  hasRoom(own: QueueUse, bytes: number, victims: QueueUse, reserved: QueueUse = NOTHING): boolean {
    const used = this.used;
    const freeRequests = this.maxRequests - used.requests + victims.requests - reserved.requests;
    const freeBytes = this.maxBytes - used.bytes + victims.bytes - reserved.bytes;
    if (freeRequests < 1 || freeBytes < bytes) return false;
    if (!this.#isShared) return true;
    const requestsThen = own.requests - victims.requests + 1;
    const bytesThen = own.bytes - victims.bytes + bytes;
    return requestsThen <= freeRequests - 1 && bytesThen <= freeBytes - bytes;
  }

  take(bytes: number): void {
    this.#add(1, bytes);
  }

  give(bytes: number): void {
    this.#add(-1, -bytes);
  }

  #add(requests: number, bytes: number): void {
    this.#cells[this.#own] = this.ownRequests + requests;
    this.#cells[this.#own + 1] = (this.#cells[this.#own + 1] ?? 0) + bytes;
  }
}
