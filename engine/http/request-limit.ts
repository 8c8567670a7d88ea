import { Problem } from "./api-error.ts";

/** Counts requests that run or wait and refuses those over the bound, so that waiting stays short. */
export class Admission {
  readonly #limit: number;
  #inside = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns the function that gives the place back. Throws `overloaded` when there is none. */
  enter(): () => void {
    if (this.#inside >= this.#limit) {
      throw new Problem("overloaded", {
        message: `This engine already holds ${this.#inside} of ${this.#limit} requests. Try again after Retry-After.`,
      });
    }
    this.#inside += 1;
    let open = true;
    return () => {
      if (open) this.#inside -= 1;
      open = false;
    };
  }
}
