import * as z from "zod";
import { ownerPartition } from "../../domain/erasure/file-partitions.ts";
import type { BatchTable, TableKey } from "../store/batch-table.ts";

const Slot = z.object({ sk: z.string(), batch: z.string(), createdAt: z.number() });
type Slot = z.infer<typeof Slot>;

const PREFIX = "slot#";
/** A slot whose batch does not appear within this belongs to a creation that failed. */
const ORPHAN_SECONDS = 300;
/** Slots whose batches are looked up when all are taken; the next creation looks at the rest. */
const MAX_LOOKED_AT = 20;

export interface OpenBatchesOptions {
  readonly table: BatchTable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether a batch exists and is not over. */
  readonly isOpen: (owner: string, id: string) => Promise<boolean>;
}

/**
 * How many batches an owner has open. Each takes one of so many numbered slots with a conditional write, so that of many
 * creations at once, at different gateways too, no more succeed than there are slots. A counter would drift when a
 * process dies between its two writes; a slot names its batch and is freed when that is gone.
 */
export class OpenBatches {
  readonly #options: OpenBatchesOptions;

  constructor(options: OpenBatchesOptions) {
    this.#options = options;
  }

  /** @returns whether a slot was free */
  async take(owner: string, id: string, most: number): Promise<boolean> {
    const taken = await this.#slots(owner, most);
    if (await this.#takeOneOf(owner, id, free(taken, most))) return true;
    const freed = await this.#freeOrphans(owner, taken.length < most ? [] : taken);
    return await this.#takeOneOf(owner, id, freed);
  }

  /** Does nothing when the batch has no slot. */
  async release(owner: string, id: string, most: number): Promise<void> {
    const slot = (await this.#slots(owner, most)).find(({ batch }) => batch === id);
    if (slot !== undefined) await this.#free(owner, slot);
  }

  async #takeOneOf(owner: string, id: string, keys: readonly string[]): Promise<boolean> {
    const { table, now } = this.#options;
    const createdAt = Math.floor(now() / 1000);
    for (const sk of keys) if (await table.putNew(keyOf(owner, sk), { batch: id, createdAt })) return true;
    return false;
  }

  async #slots(owner: string, most: number): Promise<readonly Slot[]> {
    const { pk } = keyOf(owner, "");
    const items = await this.#options.table.list(pk, { prefix: PREFIX, limit: most });
    return items.flatMap((item) => Slot.safeParse(item).data ?? []);
  }

  /** @returns the sort keys of slots that are free now */
  async #freeOrphans(owner: string, slots: readonly Slot[]): Promise<readonly string[]> {
    const { now, isOpen } = this.#options;
    const oldest = now() / 1000 - ORPHAN_SECONDS;
    const freed: string[] = [];
    for (const slot of slots.filter(({ createdAt }) => createdAt < oldest).slice(0, MAX_LOOKED_AT)) {
      if (await isOpen(owner, slot.batch)) continue;
      await this.#free(owner, slot);
      freed.push(slot.sk);
    }
    return freed;
  }

  async #free(owner: string, { sk, batch }: Slot): Promise<void> {
    await this.#options.table.delete(keyOf(owner, sk), { that: "#batch = :batch", values: { batch } });
  }
}

function free(taken: readonly Slot[], most: number): readonly string[] {
  const names = new Set(taken.map(({ sk }) => sk));
  return Array.from({ length: most }, (_, index) => PREFIX + String(index).padStart(4, "0")).filter(
    (sk) => !names.has(sk),
  );
}

function keyOf(owner: string, sk: string): TableKey {
  return { pk: ownerPartition(owner), sk };
}
