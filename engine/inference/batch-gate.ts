/**
 * Lets changes of the KV cache run between two batches. node-llama-cpp decodes in a loop that holds its context's lock
 * as long as any sequence has queued its next token; with a few busy streams the lock is never free, and a new sequence
 * that must erase its slot would wait until all of them have ended. So each sequence passes the gate before it queues
 * tokens.
 */
export class BatchGate {
  #closed: Promise<void> | null = null;

  /** Waits while the gate is closed. Called before each evaluation. */
  async pass(): Promise<void> {
    while (this.#closed !== null) await this.#closed;
  }

  /** Closes the gate while `work` runs; several calls run one after the other. */
  async between<Result>(work: () => Promise<Result>): Promise<Result> {
    // Not `await this.pass()`: another call could close the gate between its end and the next statement.
    while (this.#closed !== null) await this.#closed;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = promise;
    try {
      return await work();
    } finally {
      this.#closed = null;
      resolve();
    }
  }
}
