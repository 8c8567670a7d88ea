/**
 * Limits how many requests of batches a gateway has in flight: the capacity that no other caller uses. Each refusal for
 * lack of capacity halves the limit, each other response adds a little (additive increase, multiplicative decrease), so
 * that batches fill a service and never overload it.
 */
export class ConcurrencyLimiter {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #inFlight = 0;

  constructor(max: number) {
    this.#max = max;
    this.#limit = Math.min(max, 4);
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves when a request may be sent; `release` frees its slot. */
  async acquire(): Promise<void> {
    if (this.#inFlight < this.limit) {
      this.#inFlight++;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** @param outcome of the request; `undefined` when it was not sent */
  release(outcome?: "served" | "full"): void {
    this.#inFlight--;
    if (outcome === "full") this.#limit = Math.max(1, this.#limit / 2);
    if (outcome === "served") this.#limit = Math.min(this.#max, this.#limit + 1 / this.#limit);
    while (this.#inFlight < this.limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inFlight++;
      next();
    }
  }
}
