import { createInternalSecret } from "../internal-calls.ts";
import { addressLimitMemory } from "../stages/admit-address.ts";

/** What the threads of one gateway process count together. */
export interface SharedMemory {
  readonly addresses: SharedArrayBuffer;
  readonly inFlight: SharedArrayBuffer;
  /** How often a thread's cache was cleared. */
  readonly cacheClears: SharedArrayBuffer;
  /** By which the threads know the requests that one of them sends to the port of all. */
  readonly internalSecret: string;
}

export function createSharedMemory(config: { readonly requestsPerMinutePerIp: number }): SharedMemory {
  return {
    addresses: addressLimitMemory(config.requestsPerMinutePerIp),
    inFlight: new SharedArrayBuffer(4),
    cacheClears: new SharedArrayBuffer(4),
    internalSecret: createInternalSecret(),
  };
}

/** A number that all threads change. */
export class SharedCount {
  readonly #cell: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cell = new Int32Array(memory);
  }

  get value(): number {
    return Atomics.load(this.#cell, 0);
  }

  /** @returns the new value */
  add(difference: number): number {
    return Atomics.add(this.#cell, 0, difference) + difference;
  }
}
