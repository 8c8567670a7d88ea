import type { BatchStore, Leased } from "./batch-store.ts";

/** Another process has the work now. */
export class LeaseLost extends Error {}

export interface LeaseHoldOptions {
  readonly store: BatchStore;
  readonly heartbeatMs: number;
  /** The process leaves: nothing new begins. */
  readonly leave: AbortSignal;
  /** The process ends: what runs is aborted. */
  readonly stop: AbortSignal;
}

/** Renews a lease while its work runs, and is notified of a batch that was cancelled. */
export class LeaseHold {
  /** Aborts what runs. */
  readonly signal: AbortSignal;
  /** Nothing new begins; aborted with `signal` at the latest. */
  readonly leaving: AbortSignal;
  isCancelled = false;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beat: Promise<void> = Promise.resolve();

  constructor(work: Leased, { store, heartbeatMs, leave, stop }: LeaseHoldOptions) {
    this.signal = AbortSignal.any([stop, this.#lost.signal]);
    this.leaving = AbortSignal.any([leave, this.signal]);
    const beat = async () => {
      if (!(await store.extend(work))) this.#lost.abort(new LeaseLost());
      else if (work.slice !== undefined)
        this.isCancelled = (await store.get(work.batch.owner, work.batch.id))?.status === "cancelling";
    };
    // After one failed beat the next one renews the lease; after several, another process has it, which a beat shows.
    this.#timer = setInterval(() => {
      this.#beat = beat().catch(() => undefined);
    }, heartbeatMs);
  }

  /** Whether no new request may be sent. */
  get isStopped(): boolean {
    return this.isCancelled || this.leaving.aborted;
  }

  /** @throws {LeaseLost} when another process has the work now: what came of it here does not count */
  throwIfLost(): void {
    this.#lost.signal.throwIfAborted();
  }

  /** Resolves when no call to the store is open any more. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
  }
}
