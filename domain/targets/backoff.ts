/** Before a retry at the same upstream: long enough for a short restart, short compared with a completion. */
const BASE_MS = 100;
const CAP_MS = 2000;

/**
 * Milliseconds to wait before a retry: "full jitter", uniform between nothing and an upper end that doubles each time,
 * so that requests that failed together are not retried together.
 * @param retry 0 for the first retry
 * @param random uniform in [0, 1)
 */
export function backoffMs(retry: number, random: number): number {
  return random * Math.min(CAP_MS, BASE_MS * 2 ** retry);
}
