/** Load in more than a minute can't be predicted: a retry then is never too early. */
const LONGEST_SECONDS = 60;
/** Clients that are refused together don't retry together: each waits up to half as long again. */
const SPREAD = 0.5;

/** Whole seconds for `Retry-After`. @param random 0 to under 1 */
export function retryAfterSeconds(drainSeconds: number, random: number): number {
  return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(drainSeconds * (1 + SPREAD * random))));
}
