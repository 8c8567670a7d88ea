export interface RetryBudgetOptions {
  readonly windowMs: number;
  /** Retries for each request of the window. */
  readonly ratio: number;
  /** Retries that are always allowed, so that a quiet service may retry too. */
  readonly floor: number;
}

/** At most a tenth more load on overloaded upstreams; one a second at low load. */
export const RETRY_BUDGET: RetryBudgetOptions = { windowMs: 10_000, ratio: 0.1, floor: 10 };

const BUCKETS = 10;

/** Retries that the requests of the last seconds allow: retries must not prevent the recovery of an upstream. */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  readonly #requests = new Float64Array(BUCKETS);
  readonly #retries = new Float64Array(BUCKETS);
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: RetryBudgetOptions) {
    this.#options = options;
  }

  /** Counts one request. */
  request(nowMs: number): void {
    const slot = this.#advance(nowMs);
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1;
  }

  /** Whether one retry is left in the budget. */
  canRetry(nowMs: number): boolean {
    this.#advance(nowMs);
    const { ratio, floor } = this.#options;
    return sum(this.#retries) + 1 <= floor + ratio * sum(this.#requests);
  }

  /** Takes one retry out of the budget. @returns false when there is none left */
  tryRetry(nowMs: number): boolean {
    if (!this.canRetry(nowMs)) return false;
    const slot = this.#advance(nowMs);
    this.#retries[slot] = (this.#retries[slot] ?? 0) + 1;
    return true;
  }

  #advance(nowMs: number): number {
    const bucket = Math.floor(nowMs / (this.#options.windowMs / BUCKETS));
    const from = Math.max(this.#last + 1, bucket - BUCKETS + 1);
    for (let index = from; index <= bucket; index++) {
      const slot = ((index % BUCKETS) + BUCKETS) % BUCKETS;
      this.#requests[slot] = 0;
      this.#retries[slot] = 0;
    }
    this.#last = Math.max(this.#last, bucket);
    return ((this.#last % BUCKETS) + BUCKETS) % BUCKETS;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
