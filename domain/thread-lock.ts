import { threadId } from "node:worker_threads";

/** Tries before a thread sleeps: a step takes some microseconds. */
const MAX_SPINS = 100;
const SLEEP_MS = 1;
/**
 * Sleeps of one wait for the same owner, about a second; after them the owner counts as ended. They are counted in place of
 * measuring time, so that a whole process that is stopped and goes on ends none of its threads.
 */
const MAX_SLEEPS = 1000;

const FREE = 0;
/** What a lock holds while this thread owns it: no other thread of the process ever has the same number. */
const OWN = threadId + 1;

/**
 * Runs a short step while no other thread runs one under the same lock, also when the system lets the owner wait for a
 * processor. A lock whose owner ended within a step is taken over after about a second.
 * @param locks in shared memory, where threads share it
 * @throws Error when the thread already runs a step under the lock
 */
export function locked<T>(locks: Int32Array, index: number, step: () => T): T {
  if (Atomics.compareExchange(locks, index, FREE, OWN) !== FREE) waitFor(locks, index);
  try {
    return step();
  } finally {
    // Not when another thread has taken it over.
    Atomics.compareExchange(locks, index, OWN, FREE);
  }
}

function waitFor(locks: Int32Array, index: number): void {
  for (let spins = 0; spins < MAX_SPINS; spins++) if (Atomics.compareExchange(locks, index, FREE, OWN) === FREE) return;
  let awaited = FREE;
  for (let sleeps = 0; ; sleeps++) {
    const owner = Atomics.compareExchange(locks, index, FREE, OWN);
    if (owner === FREE) return;
    if (owner === OWN) throw new Error("a step under a lock must not begin another one under the same lock");
    if (owner !== awaited) [awaited, sleeps] = [owner, 0];
    if (sleeps >= MAX_SLEEPS && Atomics.compareExchange(locks, index, owner, OWN) === owner) return;
    Atomics.wait(locks, index, owner, SLEEP_MS);
  }
}
