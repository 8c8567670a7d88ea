/**
 * Above any count that one answer can have: a thousand times the longest context in use (a million tokens). It fits the
 * 32 bits in which the cache stores it.
 */
const MAX_COUNT = 1_000_000_000;

/** A count from outside: a whole number from 0 to a billion; `undefined` for everything else. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : undefined;
}
