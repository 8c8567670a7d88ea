/** Hands out a fixed number of slots, first come, first served; the one that already holds most of a prompt first. */
export class SlotPool<Slot> {
  readonly #free: Slot[];
  readonly #prefixLength: (slot: Slot, tokens: readonly number[]) => number;
  readonly #queue: Waiter<Slot>[] = [];
  readonly #busy = new Set<Slot>();

  /** `prefixLength` tells how many of the tokens a free slot would not have to compute again. */
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

  /** Waits for a slot. Rejects with the signal's reason when it aborts first; then the place in the queue is gone. */
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
      const place = this.#queue.indexOf(waiter);
      if (place >= 0) this.#queue.splice(place, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#queue.push(waiter);
    return promise;
  }

  release(slot: Slot): void {
    if (!this.#busy.delete(slot)) throw new Error("A slot was released that nobody held.");
    this.#free.push(slot);
    const next = this.#queue.shift();
    if (next === undefined) return;
    const free = this.#take(next.tokens);
    if (free !== undefined) next.resolve(free);
  }

  #take(tokens: readonly number[]): Slot | undefined {
    // With no match the slot that was released longest ago goes first, so that fresh prefixes live longer.
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
