import { type LinkedEntry, LinkedList } from "./linked-list.ts";

/** How much a holder holds of its budget; the budget alone writes it. */
export class HeldBytes {
  bytes = 0;
  /** Its place among those that hold anything. */
  entry: LinkedEntry<ByteHolder> | undefined = undefined;
}

/** Something that holds bytes of one budget, and can be made to let go of them. */
export interface ByteHolder {
  readonly held: HeldBytes;
  /** Lets go of everything that it holds, by `release`, before it returns or soon after. */
  evict(): void;
}

/**
 * Bytes that many holders may hold together. The one that holds the most is evicted when they are over the limit: a
 * client that sends and does not read loses its own connection, and no other client's.
 */
export class ByteBudget {
  readonly #limit: number;
  /** Those that hold anything. */
  readonly #holders = new LinkedList<ByteHolder>();
  #total = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes held by all. */
  get total(): number {
    return this.#total;
  }

  /** Whether so much is held that each holder should hold only what it needs. */
  get isTight(): boolean {
    return this.#total > this.#limit / 2;
  }

  /** May evict any holder, this one too. */
  hold(holder: ByteHolder, bytes: number): void {
    this.#change(holder, bytes);
    if (this.#total > this.#limit) this.#largest()?.evict();
  }

  release(holder: ByteHolder, bytes: number): void {
    this.#change(holder, -bytes);
  }

  /** Removes a holder. */
  forget(holder: ByteHolder): void {
    this.#change(holder, -holder.held.bytes);
  }

  #change(holder: ByteHolder, bytes: number): void {
    const { held } = holder;
    const after = Math.max(0, held.bytes + bytes);
    this.#total += after - held.bytes;
    held.bytes = after;
    if (after > 0) held.entry ??= this.#holders.add(holder);
    else if (held.entry !== undefined) {
      this.#holders.remove(held.entry);
      held.entry = undefined;
    }
  }

  #largest(): ByteHolder | undefined {
    let largest: ByteHolder | undefined;
    let most = 0;
    for (const holder of this.#holders.values())
      if (holder.held.bytes > most) {
        largest = holder;
        most = holder.held.bytes;
      }
    return largest;
  }
}
