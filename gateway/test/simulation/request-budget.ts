import type { RetryBudget } from "../../../domain/targets/retry-budget.ts";

/** The budget that all requests share, as one of them uses it: counts its turns and what it was granted in each. */
export class RequestBudget {
  readonly granted: number[] = [];
  readonly #shared: RetryBudget;

  constructor(shared: RetryBudget) {
    this.#shared = shared;
  }

  get turn(): number {
    return this.granted.length - 1;
  }

  request(nowMs: number): void {
    this.granted.push(0);
    this.#shared.request(nowMs);
  }

  canRetry(nowMs: number): boolean {
    return this.#shared.canRetry(nowMs);
  }

  tryRetry(nowMs: number): boolean {
    const isGranted = this.#shared.tryRetry(nowMs);
    if (isGranted) this.granted[this.turn] = (this.granted[this.turn] ?? 0) + 1;
    return isGranted;
  }
}
