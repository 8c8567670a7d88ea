import * as z from "zod";
import type { BatchStatus } from "../../contracts/api/batches.ts";
import { HELD_TTL } from "../../contracts/retention/stored-items.ts";
import { batchPartition, ownerPartition, QUEUE_PARTITION } from "../../domain/erasure/file-partitions.ts";
import type { BatchTable, TableKey } from "../store/batch-table.ts";
import { BatchItem, type DeadLetter, QueueEntry, SliceItem, SliceResult } from "./batch-items.ts";
import { OpenBatches } from "./open-batches.ts";

/** Batches can be looked up for as long as their files. */
const RETENTION_SECONDS = 31 * 86_400;
/** A dead letter is stored for an operator to read, as long as SQS would retain it. */
const DEAD_LETTER_SECONDS = 14 * 86_400;
/** More open batches than this are read by gateways only when earlier ones are over. */
const MAX_QUEUE = 2000;
/** OpenAI's limit of lines, in slices of a single line. */
const MAX_SLICES = 50_000;

const SORT_KEY = z.object({ sk: z.string() });

export interface BatchStoreOptions {
  readonly table: BatchTable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Names the process that takes leases. */
  readonly worker: string;
  readonly leaseMs: number;
  /** Batches of one owner that may be open at once. */
  readonly maxOpenPerOwner: number;
}

/** What may be worked on by one process at a time: a whole batch (to plan or finish it), or one of its slices. */
export type Leased = { readonly batch: BatchItem; readonly slice?: SliceItem };

/**
 * Batches, their slices and the queue of those that are not over. The queue is the table: a process that works on an
 * item holds a lease on it, and when the lease is over (the process died) the next process takes it.
 */
export class BatchStore {
  readonly #table: BatchTable;
  readonly #now: () => number;
  readonly #worker: string;
  readonly #leaseMs: number;
  readonly #maxOpen: number;
  readonly #open: OpenBatches;

  constructor({ table, now, worker, leaseMs, maxOpenPerOwner }: BatchStoreOptions) {
    this.#table = table;
    this.#now = now;
    this.#worker = worker;
    this.#leaseMs = leaseMs;
    this.#maxOpen = maxOpenPerOwner;
    const isOpen = async (owner: string, id: string) => {
      const batch = await this.get(owner, id);
      return batch !== undefined && !isOver(batch.status);
    };
    this.#open = new OpenBatches({ table, now, isOpen });
  }

  /** @returns whether the owner had less open batches than it may have; nothing is written otherwise */
  async create(batch: BatchItem): Promise<boolean> {
    if (!(await this.#open.take(batch.owner, batch.id, this.#maxOpen))) return false;
    // The queue first: an entry without a batch is dropped, a batch without an entry would wait for ever.
    const entry = { owner: batch.owner, id: batch.id, createdAt: batch.createdAt };
    await this.#table.put({ pk: QUEUE_PARTITION, sk: batch.id }, entry);
    const ttl = batch.createdAt + RETENTION_SECONDS;
    await this.#table.put(batchKey(batch), { ...batch, ...(batch.heldBy ? { [HELD_TTL]: ttl } : { ttl }) });
    return true;
  }

  async get(owner: string, id: string): Promise<BatchItem | undefined> {
    return BatchItem.safeParse(await this.#table.get(batchKey({ owner, id }))).data;
  }

  /** The owner's batches, newest first. */
  async list(owner: string, { after, limit }: { after?: string; limit: number }): Promise<readonly BatchItem[]> {
    const items = await this.#table.list(ownerPartition(owner), {
      prefix: "batch#",
      limit,
      newestFirst: true,
      ...(after === undefined ? {} : { after: batchKey({ owner, id: after }).sk }),
    });
    return items.flatMap((item) => BatchItem.safeParse(item).data ?? []);
  }

  /** Batches that are not over, oldest first: ids are ordered by time. */
  async queue(): Promise<readonly QueueEntry[]> {
    const items = await this.#table.list(QUEUE_PARTITION, { prefix: "", limit: MAX_QUEUE });
    return items.flatMap((item) => QueueEntry.safeParse(item).data ?? []);
  }

  async leaveQueue({ owner, id }: Pick<QueueEntry, "owner" | "id">): Promise<void> {
    await this.#open.release(owner, id, this.#maxOpen);
    await this.#table.delete({ pk: QUEUE_PARTITION, sk: id });
  }

  /**
   * Sets fields, unless the batch's status has changed meanwhile.
   * @returns the batch afterwards, or `undefined` when it is no longer in one of these states
   */
  async change(
    batch: Pick<BatchItem, "owner" | "id">,
    from: readonly BatchStatus[],
    set: Partial<BatchItem>,
  ): Promise<BatchItem | undefined> {
    const names = from.map((_status, index) => `:from${index}`);
    const values = Object.fromEntries(from.map((status, index) => [`from${index}`, status]));
    const condition = { that: `#status IN (${names.join(", ")})`, values };
    return BatchItem.safeParse(await this.#table.update(batchKey(batch), { set }, condition)).data;
  }

  /**
   * Takes a batch to plan or to finish it.
   * @returns it, or `undefined` when another process has it, or has moved it on since it was read
   */
  async takeBatch(batch: BatchItem): Promise<BatchItem | undefined> {
    const same = { that: " AND #status = :status", values: { status: batch.status } };
    return BatchItem.safeParse(await this.#take(batchKey(batch), same)).data;
  }

  /** @returns slices that are not done, in their order, at most `limit` */
  async openSlices(id: string, limit: number): Promise<readonly SliceItem[]> {
    const items = await this.#table.list(batchPartition(id), { prefix: "open#", limit });
    return items.flatMap((item) => SliceItem.safeParse(item).data ?? []);
  }

  /** A slice that is there stays as it is, with the lease that a process has on it: a plan may be made twice. */
  async addSlice(id: string, slice: SliceItem): Promise<void> {
    await this.#table.putNew(sliceKey(id, "open", slice.index), { ...slice, ttl: this.#removalAt() });
  }

  async takeSlice(id: string, slice: SliceItem): Promise<SliceItem | undefined> {
    return SliceItem.safeParse(await this.#take(sliceKey(id, "open", slice.index))).data;
  }

  /**
   * Whether the slice has its result: a process died before it could mark the slice as done, or one whose lease was over
   * has planned the batch once more.
   */
  async isDone(id: string, { index }: SliceItem): Promise<boolean> {
    return (await this.#table.get(sliceKey(id, "done", index))) !== undefined;
  }

  /** Renews a lease. @returns whether it is still this process's */
  async extend(taken: Leased): Promise<boolean> {
    const set = { leaseOwner: this.#worker, leaseUntil: this.#now() + this.#leaseMs };
    return (await this.#table.update(keyOf(taken), { set }, this.#isOurs())) !== undefined;
  }

  /**
   * Releases a lease.
   * @param uncounted whether this attempt shall not count
   * @param notBefore milliseconds since 1970
   */
  async release(taken: Leased, { uncounted = false, notBefore = 0 }): Promise<void> {
    const change = {
      set: { leaseOwner: undefined, leaseUntil: notBefore },
      ...(uncounted ? { add: { attempts: -1 } } : {}),
    };
    await this.#table.update(keyOf(taken), change, this.#isOurs());
  }

  /**
   * Writes down what came of a slice; of several processes that worked on it, the first one's word counts.
   * @returns whether this was the first
   */
  async finishSlice(batch: BatchItem, slice: SliceItem, result: SliceResult): Promise<boolean> {
    const isFirst = await this.#table.putNew(sliceKey(batch.id, "done", slice.index), {
      ...result,
      ttl: this.#removalAt(),
    });
    // Counts while it runs; the exact ones are added up from the results at the end.
    const { completed, failed, inputTokens, outputTokens, cachedTokens, reasoningTokens } = result;
    const add = { completed, failed, inputTokens, outputTokens, cachedTokens, reasoningTokens };
    if (isFirst) await this.#table.update(batchKey(batch), { add });
    await this.closeDone(batch.id, slice);
    return isFirst;
  }

  /** Opens what is left of a slice that has its result, and closes it. May be repeated after a crash at any point. */
  async closeDone(id: string, slice: SliceItem): Promise<void> {
    const done = SliceResult.safeParse(await this.#table.get(sliceKey(id, "done", slice.index))).data;
    for (const rest of done?.rest ?? []) await this.addSlice(id, { ...rest, attempts: 0 });
    await this.#table.delete(sliceKey(id, "open", slice.index));
  }

  /** What came of the slices that are done, in their order. */
  async results(id: string): Promise<readonly SliceResult[]> {
    const items = await this.#table.list(batchPartition(id), { prefix: "done#", limit: MAX_SLICES });
    return items.map((item) => SliceResult.parse(item));
  }

  /** Forgets the slices of a batch that is over. */
  async dropSlices(id: string): Promise<void> {
    for (const item of await this.#table.list(batchPartition(id), { prefix: "", limit: 2 * MAX_SLICES })) {
      const { sk } = SORT_KEY.parse(item);
      await this.#table.delete({ pk: batchPartition(id), sk });
    }
  }

  async addDeadLetter({ owner, id, slice, reason }: DeadLetter): Promise<void> {
    const at = this.#now();
    await this.#table.put(
      { pk: "dead", sk: `${at}#${id}${slice === undefined ? "" : `#${slice}`}` },
      { owner, id, slice, reason, ttl: Math.floor(at / 1000) + DEAD_LETTER_SECONDS },
    );
  }

  async #take(
    key: TableKey,
    also: { readonly that: string; readonly values: Readonly<Record<string, unknown>> } = { that: "", values: {} },
  ): Promise<unknown> {
    const now = this.#now();
    return await this.#table.update(
      key,
      { set: { leaseOwner: this.#worker, leaseUntil: now + this.#leaseMs }, add: { attempts: 1 } },
      {
        that: `(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)${also.that}`,
        values: { now, ...also.values },
      },
    );
  }

  #isOurs(): { readonly that: string; readonly values: Readonly<Record<string, unknown>> } {
    return { that: "#leaseOwner = :worker", values: { worker: this.#worker } };
  }

  #removalAt(): number {
    return Math.floor(this.#now() / 1000) + RETENTION_SECONDS;
  }
}

export function isOver(status: BatchStatus): boolean {
  return status === "completed" || status === "failed" || status === "expired" || status === "cancelled";
}

function keyOf({ batch, slice }: Leased): TableKey {
  return slice === undefined ? batchKey(batch) : sliceKey(batch.id, "open", slice.index);
}

function batchKey({ owner, id }: Pick<BatchItem, "owner" | "id">): TableKey {
  return { pk: ownerPartition(owner), sk: `batch#${id}` };
}

function sliceKey(id: string, state: "open" | "done", index: number): TableKey {
  return { pk: batchPartition(id), sk: `${state}#${String(index).padStart(6, "0")}` };
}
