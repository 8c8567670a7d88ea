/** Something that holds bytes, and can be made to let go of them. */
export interface ByteHolder {
  /** Lets go of everything that it holds, by `release`, before it returns or soon after. */
  evict(): void;
}

/**
 * Bytes that many holders may hold together. The one that holds the most is evicted when they are over the limit: a
 * client that sends and does not read loses its own connection, and no other client's.
 */
export class ByteBudget {
  readonly #limit: number;
  readonly #held = new Map<ByteHolder, number>();
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
    this.#total -= this.#held.get(holder) ?? 0;
    this.#held.delete(holder);
  }

  #change(holder: ByteHolder, bytes: number): void {
    const before = this.#held.get(holder) ?? 0;
    const after = Math.max(0, before + bytes);
    this.#total += after - before;
    if (after === 0) this.#held.delete(holder);
    else this.#held.set(holder, after);
  }

  #largest(): ByteHolder | undefined {
    let largest: ByteHolder | undefined;
    let most = 0;
    for (const [holder, bytes] of this.#held)
      if (bytes > most) {
        largest = holder;
        most = bytes;
      }
    return largest;
  }
}
