/**
 * Lets work on the cache in between two batches. node-llama-cpp decodes in a loop that holds its context's lock as long
 * as any sequence has queued its next token; with a few busy streams the lock is never free, and a newcomer that must
 * erase its slot would wait until all of them have ended. So whoever queues tokens passes here first.
 */
export class BatchGate {
  #closed: Promise<void> | null = null;

  /** Waits while the gate is closed; to be called before each evaluation. */
  async pass(): Promise<void> {
    while (this.#closed !== null) await this.#closed;
  }

  /** Closes the gate until `work` is done; several wait for each other. */
  async between<Result>(work: () => Promise<Result>): Promise<Result> {
    // Not `await this.pass()`: between its end and the next line another one could close the gate.
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
