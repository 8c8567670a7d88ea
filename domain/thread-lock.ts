/** Many times the longest step under a lock; after it the owner counts as dead. */
const MAX_SPINS = 1_000_000;

/** Runs a short step while no other thread runs one under the same lock. Steps must not be nested. */
export function locked<T>(locks: Int32Array, index: number, step: () => T): T {
  for (let spins = 0; spins < MAX_SPINS; spins++) if (Atomics.compareExchange(locks, index, 0, 1) === 0) break;
  try {
    return step();
  } finally {
    Atomics.store(locks, index, 0);
  }
}
