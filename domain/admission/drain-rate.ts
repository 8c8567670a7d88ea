/** The rate at which a queue empties, measured while requests wait: an idle queue shows no limit of the rate. */
export class DrainRate {
  readonly #memoryMs: number;
  #tokens = 0;
  #busyMs = 0;
  /** Time since which requests wait; `undefined` while none does. */
  #since: number | undefined;

  /** @param memoryMs tokens that were served this much waiting time ago count 1/e (about 37 %) as much as now */
  constructor(memoryMs: number) {
    this.#memoryMs = memoryMs;
  }

  /** Requests wait from `nowMs` on. */
  begin(nowMs: number): void {
    this.#since ??= nowMs;
  }

  /** `tokens` of work left the queue to be served. */
  served(tokens: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#tokens += tokens;
  }

  /** No request waits any more. */
  end(nowMs: number): void {
    this.#advance(nowMs);
    this.#since = undefined;
  }

  /** Tokens per second that were served lately, or `undefined` before anything was. */
  perSecond(nowMs: number): number | undefined {
    this.#advance(nowMs);
    return this.#tokens > 0 && this.#busyMs > 0 ? (this.#tokens * 1000) / this.#busyMs : undefined;
  }

  #advance(nowMs: number): void {
    if (this.#since === undefined) return;
    const passed = Math.max(0, nowMs - this.#since);
    const weight = Math.exp(-passed / this.#memoryMs);
    this.#tokens *= weight;
    this.#busyMs = this.#busyMs * weight + this.#memoryMs * (1 - weight);
    this.#since = nowMs;
  }
}
