import { channel } from "node:diagnostics_channel";

/** Above any count that one response can have: a thousand times the longest context in use (a million tokens). It fits the
 * 32 bits in which the cache stores it.
 */
const MAX_COUNT = 1_000_000_000;

/** Name of the diagnostics channel on which every refused count is published, so that a gateway can count them. */
export const REFUSED_COUNTS = "sluice:refused-counts";

/** A count from outside: a whole number from 0 to a billion; `undefined` for any other value. */
export function countOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT) return value;
  channel(REFUSED_COUNTS).publish(undefined);
  return undefined;
}
