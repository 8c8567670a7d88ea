import type { Logger } from "pino";
import type { BatchError } from "../../contracts/api/batches.ts";
import { partsPrefix } from "../../domain/erasure/file-partitions.ts";
import type { Caller, GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { FileStore } from "../files/file-store.ts";
import { ObjectMissing } from "../files/object-store.ts";
import type { BatchItem, SliceItem } from "./batch-items.ts";
import { type BatchStore, isOver, type Leased } from "./batch-store.ts";
import { type BatchTiming, TIMING } from "./batch-timing.ts";
import { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import { finishBatch } from "./finish-batch.ts";
import { LeaseHold, LeaseLost } from "./lease-hold.ts";
import { planBatch } from "./plan-batch.ts";
import { roundRobin } from "./round-robin.ts";
import { runSlice } from "./run-slice.ts";
import { sendRequest } from "./send-request.ts";

export interface BatchWorkerOptions {
  readonly store: BatchStore;
  readonly files: FileStore;
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  /** Serves one request of a batch. Never rejects. */
  readonly handle: (request: GatewayRequest) => Promise<GatewayResponse>;
  /** The caller that pays for a batch. */
  readonly callerOf: (batch: BatchItem) => Caller;
  readonly maxLinesInFlight: number;
  readonly maxLineBytes: number;
  /** Called for every dead letter. */
  readonly onDeadLetter: () => void;
  readonly timing?: Partial<BatchTiming>;
}

/** Slices or batches that one process works on at once: the next one's lines fill the room that a slow last line leaves. */
const MAX_TASKS = 2;
/** After so many attempts (about ten minutes of failures) a slice's requests fail. */
export const MAX_ATTEMPTS = 8;
const MAX_FAILURE_WAIT_MS = 300_000;
/** Batches looked at in one round. */
const MAX_LOOKED_AT = 50;
/** An entry whose batch does not appear within this belongs to a creation that failed. */
const ORPHAN_SECONDS = 300;

/** Works on batches in the background: takes work that is free, serves its requests in this process. */
export class BatchWorker {
  readonly #options: BatchWorkerOptions;
  readonly #timing: BatchTiming;
  readonly #limiter: ConcurrencyLimiter;
  readonly #tasks = new Set<Promise<void>>();
  readonly #leave = new AbortController();
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #lastOwner: string | undefined;
  #wake: (() => void) | undefined;

  constructor(options: BatchWorkerOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#limiter = new ConcurrencyLimiter(options.maxLinesInFlight);
  }

  start(): void {
    this.#loop = this.#run();
  }

  /**
   * Begins no more requests, stores the results of those that run, releases what is left, and resolves when no work runs
   * any more.
   * @param graceMs milliseconds after which requests that still run are aborted
   */
  async stop(graceMs: number): Promise<void> {
    if (this.#leave.signal.aborted) return;
    this.#leave.abort();
    const timer = setTimeout(() => this.#stop.abort(), graceMs);
    this.look();
    await this.#loop;
    await Promise.all(this.#tasks);
    clearTimeout(timer);
  }

  /** Looks for work at once: there is a new batch. */
  look(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#leave.signal.aborted) {
      const work = this.#tasks.size < MAX_TASKS ? await this.#findWork() : undefined;
      if (work === undefined) await this.#pause();
      else this.#start(work);
    }
  }

  /** Until the next poll, the end of a task, or word of a new batch. */
  async #pause(): Promise<void> {
    if (this.#leave.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#timing.pollMs * (0.75 + this.#options.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Never rejects: a store that can't be read has no work now. */
  async #findWork(): Promise<Leased | undefined> {
    const { store, logger } = this.#options;
    try {
      const queue = roundRobin(await store.queue(), this.#lastOwner);
      for (const entry of queue.slice(0, MAX_LOOKED_AT)) {
        const batch = await store.get(entry.owner, entry.id);
        const isOrphan = batch === undefined && entry.createdAt + ORPHAN_SECONDS < this.#seconds();
        if (isOrphan || (batch !== undefined && isOver(batch.status))) await store.leaveQueue(entry);
        const work = batch && (await this.#workOf(batch));
        if (work === undefined) continue;
        this.#lastOwner = entry.owner;
        return work;
      }
    } catch (error) {
      logger.warn({ problem: nameOf(error) }, "batches can't be looked up");
    }
    return undefined;
  }

  async #workOf(batch: BatchItem): Promise<Leased | undefined> {
    const { store, now } = this.#options;
    if (isOver(batch.status)) return undefined;
    if (batch.status === "in_progress" || batch.status === "cancelling") {
      const open = await store.openSlices(batch.id, batch.status === "cancelling" ? 50_000 : 100);
      const isFree = ({ leaseUntil = 0 }: SliceItem) => leaseUntil <= now();
      if (batch.status === "in_progress")
        for (const slice of open.filter(isFree)) {
          const taken = await store.takeSlice(batch.id, slice);
          if (taken !== undefined) return { batch, slice: taken };
        }
      // Slices of other batches first; of a cancelled batch, those that a process still works on.
      const isBusy =
        batch.status === "in_progress"
          ? open.length > 0
          : open.some((slice) => slice.leaseOwner !== undefined && !isFree(slice));
      if (isBusy) return undefined;
    }
    const taken = await store.takeBatch(batch);
    return taken && { batch: taken };
  }

  #start(work: Leased): void {
    const task = this.#serve(work).finally(() => {
      this.#tasks.delete(task);
      this.look();
    });
    this.#tasks.add(task);
  }

  /** Never rejects. */
  async #serve(work: Leased): Promise<void> {
    const { store, logger, now } = this.#options;
    const { heartbeatMs } = this.#timing;
    const hold = new LeaseHold(work, { store, heartbeatMs, leave: this.#leave.signal, stop: this.#stop.signal });
    const names = { batchId: work.batch.id, slice: work.slice?.index };
    try {
      await this.#work(work, hold);
    } catch (error) {
      if (error instanceof LeaseLost) logger.warn(names, "a batch's work was taken over");
      else {
        const uncounted = hold.signal.aborted;
        if (!uncounted) logger.warn({ ...names, problem: nameOf(error) }, "a batch's work failed");
        const { attempts } = work.slice ?? work.batch;
        const waitMs = Math.min(MAX_FAILURE_WAIT_MS, this.#timing.failureMs * 2 ** (attempts - 1));
        // If this fails too, the work is free when the lease ends.
        await store.release(work, uncounted ? { uncounted } : { notBefore: now() + waitMs }).catch(() => undefined);
      }
    } finally {
      await hold.end();
    }
  }

  async #work(work: Leased, hold: LeaseHold): Promise<void> {
    const { store, files, now } = this.#options;
    const { batch, slice } = work;
    try {
      if (slice !== undefined) return await this.#runSlice(batch, slice, hold);
      if (batch.attempts > MAX_ATTEMPTS) return await this.#giveUp(batch, undefined);
      if (batch.status === "validating") return await this.#plan(batch);
      await finishBatch(batch, { store, files, now });
    } catch (error) {
      if (!(error instanceof ObjectMissing) || batch.status === "finalizing") throw error;
      const message = "The input file was deleted before the batch was over. Upload it again and create a new batch.";
      await this.#fail(batch, [{ code: "input_file_missing", line: null, param: "input_file_id", message }]);
    }
  }

  async #plan(batch: BatchItem): Promise<void> {
    const { store, files, maxLineBytes } = this.#options;
    if (this.#isExpired(batch)) {
      await store.change(batch, ["validating"], { status: "expired", expiredAt: this.#seconds() });
      return await store.leaveQueue(batch);
    }
    const plan = await planBatch(files.objects.read(batch.inputKey), {
      endpoint: batch.endpoint,
      maxLineBytes,
      linesPerSlice: this.#timing.linesPerSlice,
    });
    if (plan.errors.length > 0) return await this.#fail({ ...batch, total: plan.lines }, plan.errors);
    for (const slice of plan.slices) await store.addSlice(batch.id, slice);
    await store.change(batch, ["validating"], {
      status: "in_progress",
      inProgressAt: this.#seconds(),
      total: plan.lines,
      attempts: 0,
      leaseOwner: undefined,
      leaseUntil: undefined,
    });
  }

  async #runSlice(batch: BatchItem, slice: SliceItem, hold: LeaseHold): Promise<void> {
    const { store, files, handle, callerOf, maxLineBytes, maxLinesInFlight, random } = this.#options;
    if (slice.attempts > 2 * MAX_ATTEMPTS) return await this.#giveUp(batch, slice);
    if (await store.isDone(batch.id, slice)) return await store.closeDone(batch.id, slice);
    const mode = slice.attempts > MAX_ATTEMPTS ? "abandon" : "send";
    const result = await runSlice({
      batch,
      slice,
      objects: files.objects,
      maxLineBytes,
      keyPrefix: `${partsPrefix(batch.id)}${slice.index}-${slice.attempts}`,
      mode,
      maxLinesInFlight,
      hold,
      send: (request) =>
        sendRequest(request, {
          handle,
          limiter: this.#limiter,
          endpoint: batch.endpoint,
          caller: callerOf(batch),
          isExpired: () => this.#isExpired(batch),
          isStopped: () => hold.isStopped,
          signal: hold.signal,
          leaving: hold.leaving,
          random,
          retryMs: this.#timing.retryMs,
        }),
    });
    if (result === undefined) return await store.release({ batch, slice }, { uncounted: true });
    await store.finishSlice(batch, slice, result);
    if (mode === "abandon") await this.#deadLetter(batch, slice);
  }

  async #giveUp(batch: BatchItem, slice: SliceItem | undefined): Promise<void> {
    const message =
      "The batch has failed: every attempt to process it failed. Create it again; tell your operator if it stays.";
    await this.#fail(batch, [{ code: "batch_failed", line: null, param: null, message }]);
    await this.#deadLetter(batch, slice);
  }

  async #fail(batch: BatchItem, errors: readonly BatchError[]): Promise<void> {
    const { store } = this.#options;
    await store.change(batch, ["validating", "in_progress", "finalizing", "cancelling"], {
      status: "failed",
      failedAt: this.#seconds(),
      errors: [...errors],
      total: batch.total,
      leaseOwner: undefined,
      leaseUntil: undefined,
    });
    await store.leaveQueue(batch);
    await store.dropSlices(batch.id);
  }

  async #deadLetter({ owner, id }: BatchItem, slice: SliceItem | undefined): Promise<void> {
    const reason = `failed after ${(slice?.attempts ?? MAX_ATTEMPTS + 1) - 1} attempts`;
    await this.#options.store.addDeadLetter({ owner, id, slice: slice?.index, reason });
    this.#options.logger.error({ batchId: id, slice: slice?.index, reason }, "a batch's work is a dead letter");
    this.#options.onDeadLetter();
  }

  #isExpired({ expiresAt }: BatchItem): boolean {
    return this.#seconds() >= expiresAt;
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

/** Not the message: it may quote a line. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
