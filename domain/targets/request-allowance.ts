export interface RequestAllowanceOptions {
  /** Requests that a provider accepts in any `windowMs`. */
  readonly requests: number;
  readonly windowMs: number;
}

/** Burst; the rest of the window's requests is spread over it. */
const BURST_SHARE = 0.2;

/**
 * A provider's rate limit as a token bucket. Burst and refill together never exceed the limit in any window,
 * wherever it starts, so that the provider itself has no reason for a 429.
 */
export class RequestAllowance {
  readonly #burst: number;
  readonly #perMs: number;
  /** Tokens, the time of their count, and whether they were ever counted. */
  readonly #state: Float64Array;

  /** @param state three cells of its own, zero at first; threads that share them lock them in turn */
  constructor({ requests, windowMs }: RequestAllowanceOptions, state: Float64Array = new Float64Array(3)) {
    this.#burst = Math.max(1, Math.floor(requests * BURST_SHARE));
    this.#perMs = Math.max(requests - this.#burst, requests / 2) / windowMs;
    this.#state = state;
  }

  /** Takes one token. @returns false when there is none now */
  tryTake(nowMs: number): boolean {
    const tokens = this.#refill(nowMs);
    if (tokens < 1) return false;
    this.#state[0] = tokens - 1;
    return true;
  }

  /** Milliseconds until the next request may go; 0 when it may go now. */
  waitMs(nowMs: number): number {
    return Math.max(0, (1 - this.#refill(nowMs)) / this.#perMs);
  }

  /** @returns the tokens that there are now */
  #refill(nowMs: number): number {
    const [known = 0, knownAt = 0, isKnown = 0] = this.#state;
    const [before, at] = isKnown === 0 ? [this.#burst, nowMs] : [known, knownAt];
    const tokens = Math.min(this.#burst, before + Math.max(0, nowMs - at) * this.#perMs);
    this.#state.set([tokens, Math.max(at, nowMs), 1]);
    return tokens;
  }
}
