/** Lets many requests run side by side, and a transaction alone. */
export class Exclusive {
  #shared = 0;
  /** Ends when the last transaction in the queue has ended. */
  #transactions: Promise<void> = Promise.resolve();
  #waiting = 0;
  #whenIdle: (() => void) | undefined;

  /** Runs at once, unless a transaction runs or waits. `release` must be called when the request has ended. */
  async enter(): Promise<() => void> {
    while (this.#waiting > 0) await this.#transactions;
    this.#shared++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#shared === 0) this.#whenIdle?.();
    };
  }

  /** Runs after all requests and transactions that came before. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#transactions.then(async () => {
      if (this.#shared > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
      this.#whenIdle = undefined;
      return work();
    });
    const leave = () => {
      this.#waiting--;
    };
    this.#transactions = result.then(leave, leave);
    return result;
  }
}
