import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { sumOfSamples } from "../../lib/prometheus-text.ts";

/** An engine that is busy answers late; one that is gone does not answer at all. */
const TIMEOUT_MS = 2000;
const COUNTED: readonly string[] = [ENGINE_METRICS.requestsRunning, ENGINE_METRICS.requestsWaiting];

/**
 * Requests that an engine computes or holds in its queue, from its own `/metrics`.
 * @returns `undefined` when it does not answer
 */
export async function engineLoad(origin: string): Promise<number | undefined> {
  try {
    const answer = await fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok ? requestsIn(await answer.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** The sum over all series of both gauges in Prometheus' text; `undefined` when there is neither. */
export function requestsIn(text: string): number | undefined {
  const sums = COUNTED.flatMap((name) => sumOfSamples(text, name) ?? []);
  return sums.length === 0 ? undefined : sums.reduce((sum, value) => sum + value, 0);
}
