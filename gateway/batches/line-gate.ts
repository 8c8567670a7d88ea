/**
 * How many lines a gateway asks at once: what nobody else needs. Each refusal for want of room halves it, each answer
 * adds a little (additive increase, multiplicative decrease), so that batches fill a service and never press on it.
 */
export class LineGate {
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

  /** Resolves when a line may be asked; `release` gives the place back. */
  async acquire(): Promise<void> {
    if (this.#inFlight < this.limit) {
      this.#inFlight++;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** @param outcome what the service said; `undefined` when it was not asked */
  release(outcome?: "answered" | "full"): void {
    this.#inFlight--;
    if (outcome === "full") this.#limit = Math.max(1, this.#limit / 2);
    if (outcome === "answered") this.#limit = Math.min(this.#max, this.#limit + 1 / this.#limit);
    while (this.#inFlight < this.limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inFlight++;
      next();
    }
  }
}
