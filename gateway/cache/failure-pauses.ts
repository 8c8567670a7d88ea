/** Failures in a row before the first pause. */
const FAILURES = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Stops calls to a service that fails, for longer each time: after five failures in a row for a second, then for twice as
 * long up to a minute. After a pause one call at a time tries whether it works again.
 */
export class FailurePauses {
  readonly #now: () => number;
  #failures = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #isTrying = false;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the service may be called now. Each call that may is reported by `ended`. */
  mayCall(): boolean {
    if (this.#failures < FAILURES) return true;
    if (this.#isTrying || this.#now() < this.#pausedUntil) return false;
    this.#isTrying = true;
    return true;
  }

  /** @param outcome `none`: the call ended without showing whether the service works */
  ended(outcome: "worked" | "failed" | "none"): void {
    this.#isTrying = false;
    if (outcome === "worked") this.#failures = 0;
    // Calls that were under way when the pause began make it no longer.
    if (outcome !== "failed" || this.#now() < this.#pausedUntil) return;
    this.#failures++;
    if (this.#failures < FAILURES) return;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - FAILURES), LONGEST_PAUSE_MS);
    this.#pausedUntil = this.#now() + pauseMs;
  }
}
