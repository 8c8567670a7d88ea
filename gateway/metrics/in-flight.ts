import type { ThreadCounts } from "../../domain/thread-counts.ts";

/** Requests in progress: this thread's own, and the most that all threads had at once. */
export class InFlight {
  readonly #counts: ThreadCounts;
  #peak = 0;

  constructor(counts: ThreadCounts) {
    this.#counts = counts;
  }

  get own(): number {
    return this.#counts.own;
  }

  opened(): void {
    this.#counts.add(1);
    this.#peak = Math.max(this.#peak, this.#counts.total);
  }

  closed(): void {
    this.#counts.add(-1);
  }

  /** The most of all threads since the last call. */
  takePeak(): number {
    const peak = this.#peak;
    this.#peak = this.#counts.total;
    return peak;
  }
}
