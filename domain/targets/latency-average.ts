/** Weight of a new value; about the last ten count. */
const WEIGHT = 0.2;
/** Without new values the average halves in this time, so that a target that was slow once is tried again. */
const HALF_LIFE_MS = 30_000;

/** An exponentially weighted average of times to the first byte, in milliseconds. */
export class LatencyAverage {
  #value: number | undefined = undefined;
  #at = 0;

  observe(milliseconds: number, nowMs: number): void {
    this.#value = this.#value === undefined ? milliseconds : this.#value + WEIGHT * (milliseconds - this.#value);
    this.#at = nowMs;
  }

  /** The average as last observed; `undefined` before the first value. */
  get last(): number | undefined {
    return this.#value;
  }

  /** The average as an estimate of the next value: smaller the older it is, 0 when unknown. */
  guess(nowMs: number): number {
    return (this.#value ?? 0) * 2 ** -((nowMs - this.#at) / HALF_LIFE_MS);
  }
}
