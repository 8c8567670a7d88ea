export interface RequestAllowanceOptions {
  /** Requests that a provider takes in any `windowMs`. */
  readonly requests: number;
  readonly windowMs: number;
}

/** What may come at once; the rest of the window's requests is spread over it. */
const BURST_SHARE = 0.2;

/**
 * A provider's rate limit as a token bucket. Burst and refill together never give more than the limit in any window,
 * wherever it starts, so that the provider itself has no reason for a 429.
 */
export class RequestAllowance {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number | undefined = undefined;

  constructor({ requests, windowMs }: RequestAllowanceOptions) {
    this.#burst = Math.max(1, Math.floor(requests * BURST_SHARE));
    this.#perMs = Math.max(requests - this.#burst, requests / 2) / windowMs;
    this.#tokens = this.#burst;
  }

  /** Takes one request. @returns false when there is none left now */
  tryTake(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Milliseconds until the next request may go; 0 when it may go now. */
  waitMs(nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }

  #refill(nowMs: number): void {
    const elapsed = Math.max(0, nowMs - (this.#at ?? nowMs));
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#perMs);
    this.#at = Math.max(this.#at ?? nowMs, nowMs);
  }
}
