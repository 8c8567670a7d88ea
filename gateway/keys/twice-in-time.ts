/**
 * Of each call: DynamoDB responds in a few milliseconds; after a second a response is not expected, and the call is made once
 * more, as its connection may be what hangs.
 */
const TIMEOUT_MS = 1000;

/** A call, and once more where it took longer than its time. */
export async function twiceInTime<Output>(send: (abortSignal: AbortSignal) => Promise<Output>): Promise<Output> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await send(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return await send(AbortSignal.timeout(TIMEOUT_MS));
  }
}
