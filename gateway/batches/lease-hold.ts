import type { BatchStore, Leased } from "./batch-store.ts";

/** Another process has the work now. */
export class LeaseLost extends Error {}

export interface LeaseHoldOptions {
  readonly store: BatchStore;
  readonly heartbeatMs: number;
  readonly stop: AbortSignal;
}

/** Keeps a lease while its work runs, and hears of a batch that was cancelled. */
export class LeaseHold {
  readonly signal: AbortSignal;
  isCancelled = false;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beat: Promise<void> = Promise.resolve();

  constructor(work: Leased, { store, heartbeatMs, stop }: LeaseHoldOptions) {
    this.signal = AbortSignal.any([stop, this.#lost.signal]);
    const beat = async () => {
      if (!(await store.extend(work))) this.#lost.abort(new LeaseLost());
      else if (work.slice !== undefined)
        this.isCancelled = (await store.get(work.batch.owner, work.batch.id))?.status === "cancelling";
    };
    // One beat that fails is made up for by the next; after some, another process has the lease and a beat says so.
    this.#timer = setInterval(() => {
      this.#beat = beat().catch(() => undefined);
    }, heartbeatMs);
  }

  /** Resolves when no call to the store is open any more. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
  }
}
