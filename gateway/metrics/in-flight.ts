/** A count that all threads of the process share. */
export interface SharedCounter {
  /** @returns the new value */
  add(difference: number): number;
  readonly value: number;
}

/** Requests in progress: this thread's own, and the most that all threads had at once. */
export class InFlight {
  readonly #shared: SharedCounter;
  #own = 0;
  #peak = 0;

  constructor(shared: SharedCounter) {
    this.#shared = shared;
  }

  get own(): number {
    return this.#own;
  }

  opened(): void {
    this.#own++;
    this.#peak = Math.max(this.#peak, this.#shared.add(1));
  }

  closed(): void {
    this.#own--;
    this.#shared.add(-1);
  }

  /** The most of all threads since the last call. */
  takePeak(): number {
    const peak = this.#peak;
    this.#peak = this.#shared.value;
    return peak;
  }
}
