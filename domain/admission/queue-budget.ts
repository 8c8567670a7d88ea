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
  /** Whether several queues share it. Then none may hold more than it leaves free, so that there is always room for another. */
  readonly isShared: boolean;
}

/**
 * What all queues of a process may hold together. A queue's own bound is what the others and itself leave free (dynamic
 * thresholds, Choudhury and Hahne, 1998): one that fills up alone stops at half of the whole, two at a third each; the
 * rest is there at once for a queue that had nothing, without a fixed share that lies idle.
 */
export class QueueBudget {
  readonly maxRequests: number;
  readonly maxBytes: number;
  readonly #isShared: boolean;
  #requests = 0;
  #bytes = 0;

  constructor({ maxRequests, maxBytes, isShared }: QueueBudgetOptions) {
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
    this.#isShared = isShared;
  }

  get used(): QueueUse {
    return { requests: this.#requests, bytes: this.#bytes };
  }

  /**
   * Whether a queue that holds `own` may take one request more of `bytes`, once it has given up `victims` of its own, and
   * with `reserved` left for others.
   */
  hasRoom(own: QueueUse, bytes: number, victims: QueueUse, reserved: QueueUse = NOTHING): boolean {
    const freeRequests = this.maxRequests - this.#requests + victims.requests - reserved.requests;
    const freeBytes = this.maxBytes - this.#bytes + victims.bytes - reserved.bytes;
    if (freeRequests < 1 || freeBytes < bytes) return false;
    if (!this.#isShared) return true;
    const requestsThen = own.requests - victims.requests + 1;
    const bytesThen = own.bytes - victims.bytes + bytes;
    return requestsThen <= freeRequests - 1 && bytesThen <= freeBytes - bytes;
  }

  take(bytes: number): void {
    this.#requests++;
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#requests--;
    this.#bytes -= bytes;
  }
}
