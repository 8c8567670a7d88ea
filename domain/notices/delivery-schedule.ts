/** Seconds for which a delivery is tried. */
export const TRIED_SECONDS = 86_400;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3 * 3600;
/** Part of a pause that is chosen at random. */
const JITTER = 0.2;

/**
 * Seconds from a failed attempt to the next one: a minute, doubled each time up to three hours, each a fifth more or less,
 * so that a receiver that was down does not get all of them at once.
 * @param attempts that were made, at least 1
 * @param random from 0 to below 1
 */
export function pauseSeconds(attempts: number, random: () => number = Math.random): number {
  const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(pause * (1 - JITTER + 2 * JITTER * random()));
}
