/** The text of an engine's `/metrics`; `undefined` when there is no response in time. */
export async function scrapeMetrics(port: number, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(timeoutMs) });
    return await response.text();
  } catch {
    return undefined;
  }
}
