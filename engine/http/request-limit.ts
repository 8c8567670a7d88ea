import { ApiError } from "./api-error.ts";

/** Limits the requests that run or wait, so that the queue stays short. */
export class RequestLimit {
  readonly #limit: number;
  #inside = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a request and returns the function that ends it. Throws `overloaded` at the limit. */
  enter(): () => void {
    if (this.#inside >= this.#limit) {
      throw new ApiError("overloaded", {
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
