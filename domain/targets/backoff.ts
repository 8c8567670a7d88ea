/** Before a second try at the same upstream: long enough for a restart's blink, short beside a model's answer. */
const BASE_MS = 100;
const CAP_MS = 2000;

/**
 * Milliseconds to wait before a retry: "full jitter", uniform between nothing and an upper end that doubles each time,
 * so that requests that failed together do not come back together.
 * @param retry 0 for the first retry
 * @param random uniform in [0, 1)
 */
export function backoffMs(retry: number, random: number): number {
  return random * Math.min(CAP_MS, BASE_MS * 2 ** retry);
}
