/** Many times what the longest step under a lock takes; after it the owner is taken for dead. */
const MAX_SPINS = 1_000_000;

/** Does a short step while no other thread does one under the same lock. Steps may not contain another one. */
export function locked<T>(locks: Int32Array, index: number, step: () => T): T {
  for (let spins = 0; spins < MAX_SPINS; spins++) if (Atomics.compareExchange(locks, index, 0, 1) === 0) break;
  try {
    return step();
  } finally {
    Atomics.store(locks, index, 0);
  }
}
