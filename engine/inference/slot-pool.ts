/**
 * Assigns a fixed number of slots in the order of requests, preferring the slot that already holds most of the prompt.
 */
export class SlotPool<Slot> {
  readonly #free: Slot[];
  readonly #prefixLength: (slot: Slot, tokens: readonly number[]) => number;
  readonly #queue: Waiter<Slot>[] = [];
  readonly #busy = new Set<Slot>();

  /** @param prefixLength how many of the tokens a free slot already holds */
  constructor(slots: readonly Slot[], prefixLength: (slot: Slot, tokens: readonly number[]) => number) {
    this.#free = [...slots];
    this.#prefixLength = prefixLength;
  }

  get running(): number {
    return this.#busy.size;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Slots in use, for gauges. */
  get busy(): Iterable<Slot> {
    return this.#busy;
  }

  /** Waits for a slot. Rejects with the signal's reason when it aborts first, and leaves the queue. */
  acquire(tokens: readonly number[], signal: AbortSignal): Promise<Slot> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const slot = this.#take(tokens);
    if (slot !== undefined) return Promise.resolve(slot);
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const waiter: Waiter<Slot> = {
      tokens,
      resolve: (free) => {
        signal.removeEventListener("abort", leave);
        resolve(free);
      },
    };
    const leave = () => {
      const position = this.#queue.indexOf(waiter);
      if (position >= 0) this.#queue.splice(position, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#queue.push(waiter);
    return promise;
  }

  release(slot: Slot): void {
    if (!this.#busy.delete(slot)) throw new Error("A slot was released that was not in use.");
    this.#free.push(slot);
    const next = this.#queue.shift();
    if (next === undefined) return;
    const free = this.#take(next.tokens);
    if (free !== undefined) next.resolve(free);
  }

  #take(tokens: readonly number[]): Slot | undefined {
    // Without a match the slot that was released longest ago is used, so that recent prefixes stay longer.
    let best = 0;
    let bestLength = -1;
    for (const [index, slot] of this.#free.entries()) {
      const length = this.#prefixLength(slot, tokens);
      if (length > bestLength) [best, bestLength] = [index, length];
    }
    const [slot] = this.#free.splice(best, 1);
    if (slot !== undefined) this.#busy.add(slot);
    return slot;
  }
}

interface Waiter<Slot> {
  readonly tokens: readonly number[];
  readonly resolve: (slot: Slot) => void;
}
