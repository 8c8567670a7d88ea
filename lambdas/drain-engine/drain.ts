/** An engine that is to be terminated, and the actions on it. */
export interface DrainOptions {
  /** Time of Auto Scaling's event, in milliseconds since 1970. */
  readonly requestedAt: number;
  /** Longest time that its requests may take to end. */
  readonly drainSeconds: number;
  readonly takeOutOfRouting: () => Promise<void>;
  /** Requests that it still has; `undefined` when it does not respond. */
  readonly load: () => Promise<number | undefined>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** End of this invocation's time, in milliseconds since 1970. */
  readonly invocationEndsAt: number;
}

/** `drained`: no request is left; `gone`: it does not respond; `late`: its time is over with requests in progress. */
export type DrainOutcome = "drained" | "gone" | "late";

/** Gateways refresh their list of engines every 3 s; requests that chose this engine before then are on their way. */
const SETTLE_MS = 10_000;
const POLL_MS = 1000;
/** A single missing response proves nothing: the engine may be in the middle of a long step. */
const SILENCES = 3;
/** Milliseconds reserved for the last call to AWS. */
const RESERVE_MS = 10_000;

/**
 * Removes an engine from routing and waits until its requests are over.
 * @throws when the invocation's time is over before that; Lambda calls again, and the wait continues
 */
export async function drain(options: DrainOptions): Promise<DrainOutcome> {
  const { now, sleep, load, requestedAt, drainSeconds } = options;
  await options.takeOutOfRouting();
  const settled = now() + SETTLE_MS;
  // The time that gateways need to notice is added, so that a short drain does not end before.
  const deadline = requestedAt + drainSeconds * 1000 + SETTLE_MS;
  let silences = 0;
  while (now() < deadline) {
    const requests = await load();
    silences = requests === undefined ? silences + 1 : 0;
    if (silences >= SILENCES) return "gone";
    if (requests === 0 && now() >= settled) return "drained";
    if (now() + RESERVE_MS > options.invocationEndsAt)
      throw new Error(`the engine still has ${requests ?? "unknown"} requests; the next invocation continues to wait`);
    await sleep(POLL_MS);
  }
  return "late";
}
