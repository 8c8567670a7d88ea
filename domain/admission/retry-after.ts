/** Nobody knows what is in a minute: to come back then is never wrong. */
const LONGEST_SECONDS = 60;
/** Those who are turned away together don't come back together: each waits up to half as long again. */
const SPREAD = 0.5;

/** Whole seconds for `Retry-After`. @param random 0 to under 1 */
export function retryAfterSeconds(drainSeconds: number, random: number): number {
  return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(drainSeconds * (1 + SPREAD * random))));
}
