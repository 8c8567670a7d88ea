import { locked } from "../thread-lock.ts";
import { ADAPTIVE_CELLS, AdaptiveLimit } from "./adaptive-limit.ts";
import { RequestAllowance, type RequestAllowanceOptions } from "./request-allowance.ts";

export interface SharedSlotsOptions {
  /** Threads that share the memory. */
  readonly threads: number;
  /** Number of this thread, from 0. Slots that an earlier thread of this number held are free again. */
  readonly thread: number;
}

export interface SlotLimits {
  /** At most: where the provider refuses requests for want of capacity, there are fewer for a while. */
  readonly maxInFlight: number;
  /** `undefined` for no limit. */
  readonly rate: RequestAllowanceOptions | undefined;
}

/** Most names in a process's lifetime; further providers are counted by each thread alone. */
const MAX_NAMES = 256;
/** 32 characters of ASCII: providers' names have 30 at most. */
const NAME_WORDS = 8;
/** A thread with waiting requests tries again every 50 ms: after this time none of its requests waits any more. */
const WANTED_MS = 100;
/** Long enough for another thread to try once. */
const YIELD_MS = 75;
/** Float64 cells of a request allowance. */
const ALLOWANCE_CELLS = 3;

/**
 * Requests of a process's threads at each provider, and the requests that they may still send: exact for all threads
 * together.
 */
export class SharedSlots {
  readonly #memory: SharedArrayBuffer;
  readonly #options: SharedSlotsOptions;

  static memory(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer(layout(threads).bytes);
  }

  constructor(memory: SharedArrayBuffer, options: SharedSlotsOptions) {
    this.#memory = memory;
    this.#options = options;
    for (let row = 0; row < MAX_NAMES; row++) this.#cells(row).inFlight[options.thread] = 0;
  }

  /** The slots of a provider; a changed provider of the same name takes over the counts of its predecessor. */
  of(name: string, limits: SlotLimits, now: () => number): Slots {
    const row = this.#rowOf(name);
    if (row !== undefined) return new Slots(this.#cells(row), this.#options.thread, limits, now);
    const alone = new SharedSlots(SharedSlots.memory(1), { threads: 1, thread: 0 });
    return new Slots(alone.#cells(0), 0, limits, now);
  }

  #rowOf(name: string): number | undefined {
    const words = wordsOf(name);
    const table = new Int32Array(this.#memory, 0, 1);
    return locked(table, 0, () => {
      for (let row = 0; row < MAX_NAMES; row++) {
        const known = this.#cells(row).name;
        if (known[0] === 0) known.set(words);
        if (known.every((word, index) => word === words[index])) return row;
      }
      return undefined;
    });
  }

  #cells(row: number): Cells {
    const { threads } = this.#options;
    const { rowBytes, inFlightAt, allowanceAt, adaptiveAt, wantedAt } = layout(threads);
    const start = 8 + row * rowBytes;
    return {
      lock: new Int32Array(this.#memory, start, 1),
      name: new Int32Array(this.#memory, start + 4, NAME_WORDS),
      inFlight: new Int32Array(this.#memory, start + inFlightAt, threads),
      allowance: new Float64Array(this.#memory, start + allowanceAt, ALLOWANCE_CELLS),
      adaptive: new Float64Array(this.#memory, start + adaptiveAt, ADAPTIVE_CELLS),
      wanted: new Float64Array(this.#memory, start + wantedAt, threads),
    };
  }
}

/** One provider's part of the memory. */
interface Cells {
  readonly lock: Int32Array;
  readonly name: Int32Array;
  /** By thread. */
  readonly inFlight: Int32Array;
  readonly allowance: Float64Array;
  readonly adaptive: Float64Array;
  /** Time at which each thread last found no free slot. */
  readonly wanted: Float64Array;
}

/** The slots of one provider. */
export class Slots {
  readonly #cells: Cells;
  readonly #thread: number;
  readonly #limit: AdaptiveLimit;
  readonly #allowance: RequestAllowance | undefined;
  readonly #now: () => number;
  #yieldUntil = 0;

  constructor(cells: Cells, thread: number, { maxInFlight, rate }: SlotLimits, now: () => number) {
    this.#cells = cells;
    this.#thread = thread;
    this.#limit = new AdaptiveLimit(maxInFlight, cells.adaptive);
    this.#allowance = rate && new RequestAllowance(rate, cells.allowance);
    this.#now = now;
  }

  /** Requests of all threads at the provider. */
  get inFlight(): number {
    return this.#cells.inFlight.reduce((sum, count) => sum + count, 0);
  }

  /** Most requests of all threads at the provider at once, as it is now. */
  get limit(): number {
    const now = this.#now();
    return locked(this.#cells.lock, 0, () => this.#limit.current(now));
  }

  /** The provider refused a request for want of capacity, whose slot is not released yet. */
  sawRefusal(): void {
    locked(this.#cells.lock, 0, () => this.#limit.refused(this.inFlight, this.#now()));
  }

  /** The provider served a request. */
  sawResponse(): void {
    locked(this.#cells.lock, 0, () => this.#limit.served(this.#now()));
  }

  /** Whether a slot is free now; another thread may be faster. */
  get hasCapacity(): boolean {
    const now = this.#now();
    return locked(this.#cells.lock, 0, () => this.#hasCapacity(now));
  }

  /** Takes a slot and one of the window's requests. @returns the function that releases the slot, once */
  tryTake(): (() => void) | undefined {
    const now = this.#now();
    const isTaken = locked(this.#cells.lock, 0, () => {
      if (!this.#hasCapacity(now)) return false;
      this.#allowance?.tryTake(now);
      this.#add(1);
      return true;
    });
    if (!isTaken) return undefined;
    let isHeld = true;
    return () => {
      if (isHeld) this.#release();
      isHeld = false;
    };
  }

  #hasCapacity(now: number): boolean {
    const isFull = this.inFlight >= this.#limit.current(now);
    const isYielding = now < this.#yieldUntil && this.#others(now) > 0;
    if (!isFull && !isYielding && (this.#allowance?.waitMs(now) ?? 0) === 0) return true;
    this.#cells.wanted[this.#thread] = now;
    return false;
  }

  /**
   * The thread that releases a slot sees it first, and would take it again before another thread tries: while other
   * threads wait, a thread with its share of the slots does not take this one.
   */
  #release(): void {
    const now = this.#now();
    locked(this.#cells.lock, 0, () => {
      this.#add(-1);
      const others = this.#others(now);
      const share = Math.floor(this.#limit.current(now) / (others + 1));
      if (others > 0 && (this.#cells.inFlight[this.#thread] ?? 0) >= share) this.#yieldUntil = now + YIELD_MS;
    });
  }

  #add(difference: number): void {
    const { inFlight } = this.#cells;
    inFlight[this.#thread] = Math.max(0, (inFlight[this.#thread] ?? 0) + difference);
  }

  /** Other threads in which requests wait. */
  #others(now: number): number {
    return this.#cells.wanted.reduce(
      (count, at, thread) => count + (thread !== this.#thread && at > 0 && now - at < WANTED_MS ? 1 : 0),
      0,
    );
  }
}

function wordsOf(name: string): Int32Array {
  const bytes = new Uint8Array(NAME_WORDS * 4);
  new TextEncoder().encodeInto(name, bytes);
  return new Int32Array(bytes.buffer);
}

/** The table's lock, then each name's cells: lock and name, requests by thread, then numbers of 8 bytes. */
function layout(threads: number) {
  const inFlightAt = 4 + NAME_WORDS * 4;
  const allowanceAt = Math.ceil((inFlightAt + threads * 4) / 8) * 8;
  const adaptiveAt = allowanceAt + ALLOWANCE_CELLS * 8;
  const wantedAt = adaptiveAt + ADAPTIVE_CELLS * 8;
  const rowBytes = wantedAt + threads * 8;
  return { inFlightAt, allowanceAt, adaptiveAt, wantedAt, rowBytes, bytes: 8 + MAX_NAMES * rowBytes };
}
