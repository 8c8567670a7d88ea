import { setTimeout as sleep } from "node:timers/promises";
import { SpoolFolder } from "../usage/spool-folder.ts";
import { HistorySpool, type SpooledGeneration } from "./history-spool.ts";
import { ErasedSubject, type HistoryStore } from "./history-store.ts";

/** Between two attempts while nothing can be stored. */
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** Generations that are stored at once. */
const CONCURRENCY = 8;
const MAX_SPOOL_BYTES = 1024 ** 3;
/** Longest time in which a gateway that stops stores what waits; the rest stays on disk. */
const STOP_MS = 10_000;

export interface HistoryWriterOptions {
  /** Folder on disk of what waits to be stored; it is made where there is none. */
  readonly spool: string;
  readonly thread: number;
  readonly store: HistoryStore;
  /** Most bytes on the disk of one thread. @default 1 GiB */
  readonly maxSpoolBytes?: number;
  /** @default 500 */
  readonly firstWaitMs?: number;
  /** Called when something can't be stored that could before. */
  readonly onFailure: (failure: unknown) => void;
}

/** A generation in memory. */
export interface UnsealedGeneration {
  seal(keyOf: (subject: string) => Promise<Buffer>): Promise<SpooledGeneration>;
  /** Called when it is on disk, or given up. */
  done(): void;
}

/**
 * Encrypts generations, writes them to disk and stores them from there, so that neither an outage of the table nor the
 * end of the process loses what is on disk; plain text is never on it. It tries without end.
 */
export class HistoryWriter {
  readonly #options: HistoryWriterOptions;
  readonly #folder: SpoolFolder;
  readonly #spool: HistorySpool;
  readonly #stopping = new AbortController();
  readonly #waiting: UnsealedGeneration[] = [];
  #sealing: Promise<void> | undefined = undefined;
  #storing: Promise<void> | undefined = undefined;
  #isWanted = false;
  #isFailing = false;
  #spoolBytes = 0;

  constructor(options: HistoryWriterOptions) {
    this.#options = options;
    this.#folder = new SpoolFolder(options.spool, options.thread);
    this.#spool = new HistorySpool(this.#folder);
  }

  /** @returns false where the disk has as much as it may */
  write(generation: UnsealedGeneration): boolean {
    const { maxSpoolBytes = MAX_SPOOL_BYTES } = this.#options;
    if (this.#spoolBytes >= maxSpoolBytes || this.#stopping.signal.aborted) return false;
    this.#waiting.push(generation);
    this.#sealing ??= this.#sealAll().finally(() => {
      this.#sealing = undefined;
    });
    return true;
  }

  /** Takes over what processes that are dead have left on disk. */
  start(): void {
    try {
      this.#folder.adopt();
    } catch (error) {
      this.#failed(error);
    }
    this.#store();
  }

  /** Stores what waits; what can't be stored in time stays on disk, and what could not be encrypted is gone. */
  async stop(): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_MS);
    await Promise.race([this.flush(), over]);
    clearTimeout(timer);
    this.#stopping.abort();
  }

  /** Resolves when nothing waits. */
  async flush(): Promise<void> {
    while (this.#sealing !== undefined || this.#storing !== undefined) {
      await this.#sealing;
      await this.#storing;
    }
  }

  async #sealAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const sealed = await this.#untilDone(() => this.#sealOne(next));
      this.#waiting.shift();
      next.done();
      if (!sealed) return;
      this.#store();
    }
  }

  async #sealOne(generation: UnsealedGeneration): Promise<void> {
    const spooled = await generation
      .seal((subject) => this.#options.store.dataKey(subject))
      .catch((error: unknown) => {
        if (error instanceof ErasedSubject) return undefined;
        throw error;
      });
    if (spooled === undefined) return;
    await this.#spool.write(spooled);
    this.#spoolBytes += spooled.sealed.length;
  }

  #store(): void {
    this.#isWanted = true;
    this.#storing ??= this.#storeAll().finally(() => {
      this.#storing = undefined;
    });
  }

  async #storeAll(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      if (!(await this.#untilDone(() => this.#storeWaiting()))) return;
    }
  }

  async #storeWaiting(): Promise<void> {
    const closed = [...this.#folder.closed()];
    this.#spoolBytes = closed.reduce((sum, { bytes }) => sum + bytes, 0);
    const work = async () => {
      for (let file = closed.shift(); file !== undefined; file = closed.shift()) await this.#storeOne(file);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  async #storeOne({ path, bytes }: { readonly path: string; readonly bytes: number }): Promise<void> {
    const spooled = await this.#spool.read(path);
    if (spooled === undefined) return;
    await this.#options.store.put(spooled.generation, spooled.sealed);
    await this.#spool.remove(path);
    this.#spoolBytes = Math.max(0, this.#spoolBytes - bytes);
  }

  /** @returns false once the writer has stopped */
  async #untilDone(attempt: () => Promise<void>): Promise<boolean> {
    let waitMs = this.#options.firstWaitMs ?? FIRST_WAIT_MS;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await attempt();
        this.#isFailing = false;
        return true;
      } catch (error) {
        this.#failed(error);
      }
      await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
      waitMs = Math.min(MAX_WAIT_MS, 2 * waitMs);
    }
    return false;
  }

  #failed(error: unknown): void {
    if (!this.#isFailing) this.#options.onFailure(error);
    this.#isFailing = true;
  }
}
