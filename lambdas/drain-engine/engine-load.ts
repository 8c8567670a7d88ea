import { ENGINE_METRICS } from "../../contracts/engine/engine-metrics.ts";
import { sumOfSamples } from "../../lib/prometheus-text.ts";

/** A busy engine responds late; a terminated one does not respond at all. */
const TIMEOUT_MS = 2000;
const COUNTED: readonly string[] = [ENGINE_METRICS.requestsRunning, ENGINE_METRICS.requestsWaiting];

/**
 * Requests that an engine computes or holds in its queue, from its own `/metrics`.
 * @returns `undefined` when it does not respond
 */
export async function engineLoad(origin: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? requestsIn(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** The sum over all series of both gauges in Prometheus' text; `undefined` when there is neither. */
export function requestsIn(text: string): number | undefined {
  const sums = COUNTED.flatMap((name) => sumOfSamples(text, name) ?? []);
  return sums.length === 0 ? undefined : sums.reduce((sum, value) => sum + value, 0);
}
