/** The text of an engine's `/metrics`; `undefined` when there is no answer in time. */
export async function scrapeMetrics(port: number, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(timeoutMs) });
    return await response.text();
  } catch {
    return undefined;
  }
}

/** Sum of a gauge over its labels, from Prometheus text; `undefined` when it is not there. */
export function gaugeOf(text: string, name: string): number | undefined {
  const values = text
    .split("\n")
    .filter((sample) => sample.startsWith(name) && /^[{ ]/.test(sample.slice(name.length)))
    .map((sample) => Number(sample.slice(sample.lastIndexOf(" ") + 1)));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
