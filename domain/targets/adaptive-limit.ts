/** Of a limit that turned out to be too high. */
const DECREASE = 0.5;
/** Refusals within it are of requests that were sent together: they count once. */
const REFUSALS_TOGETHER_MS = 1000;
/** Times the limit, the least time in which it grows by one: it doubles in 7 s, as refusals pause a provider for a second. */
const GROWTH_MS = 10_000;
/** After so long without a refusal the declared limit holds again: providers' own limits are of a minute. */
const FORGOTTEN_MS = 60_000;
/** Float64 cells of its state. */
export const ADAPTIVE_CELLS = 4;

/**
 * How many requests a provider takes at once, within the declared limit: half of those in progress when it refuses one for
 * want of capacity, then one more whenever as many as the limit have been served (additive increase, multiplicative
 * decrease).
 */
export class AdaptiveLimit {
  readonly #declared: number;
  /** The limit; when it was last decreased, 0 for never; when it last changed; requests served since then. */
  readonly #state: Float64Array;

  /** @param state four cells of its own, zero at first; threads that share them lock them in turn */
  constructor(declared: number, state: Float64Array = new Float64Array(ADAPTIVE_CELLS)) {
    this.#declared = declared;
    this.#state = state;
  }

  /** Most requests at once, 1 at least. @param nowMs of a monotonic clock, above 0 */
  current(nowMs: number): number {
    const [limit = 0, decreasedAt = 0] = this.#state;
    const isForgotten = decreasedAt === 0 || nowMs - decreasedAt >= FORGOTTEN_MS;
    return isForgotten ? this.#declared : Math.min(this.#declared, limit);
  }

  /** The provider refused a request for want of capacity. @param inFlight requests at it, that one included */
  refused(inFlight: number, nowMs: number): void {
    const decreasedAt = this.#state[1] ?? 0;
    if (decreasedAt > 0 && nowMs - decreasedAt < REFUSALS_TOGETHER_MS) return;
    const limit = Math.max(1, Math.floor(Math.min(this.current(nowMs), inFlight) * DECREASE));
    this.#state.set([limit, nowMs, nowMs, 0]);
  }

  /** The provider served a request. */
  served(nowMs: number): void {
    const [limit = 0, decreasedAt = 0, changedAt = 0, served = 0] = this.#state;
    if (limit === 0 || limit >= this.#declared) return;
    const isGrowing = served + 1 >= limit && nowMs - changedAt >= GROWTH_MS / limit;
    this.#state.set(isGrowing ? [limit + 1, decreasedAt, nowMs, 0] : [limit, decreasedAt, changedAt, served + 1]);
  }
}
