/** What is known of the engine that shall end, and what can be done to it. */
export interface DrainOptions {
  /** When Auto Scaling asked, in milliseconds since 1970. */
  readonly requestedAt: number;
  /** How long its requests may take to end. */
  readonly drainSeconds: number;
  readonly takeOutOfRouting: () => Promise<void>;
  /** Requests that it still has; `undefined` when it does not answer. */
  readonly load: () => Promise<number | undefined>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Until when this invocation may go on, in milliseconds since 1970. */
  readonly invocationEndsAt: number;
}

/** `drained`: nothing runs there any more; `gone`: it does not answer; `late`: its time is over, something still runs. */
export type DrainOutcome = "drained" | "gone" | "late";

/** Gateways look every 3 s which engines there are; requests that chose it before then are on their way. */
const SETTLE_MS = 10_000;
const POLL_MS = 1000;
/** A single missed answer is no proof: the engine may be in the middle of a long step. */
const SILENCES = 3;
/** Left for the last call to AWS. */
const RESERVE_MS = 10_000;

/**
 * Takes an engine out of routing and waits until its requests are over.
 * @throws when the invocation has to end before that; Lambda calls again, and the wait goes on
 */
export async function drain(options: DrainOptions): Promise<DrainOutcome> {
  const { now, sleep, load, requestedAt, drainSeconds } = options;
  await options.takeOutOfRouting();
  const settled = now() + SETTLE_MS;
  // The settling comes on top, so that a short drain does not end before gateways know.
  const deadline = requestedAt + drainSeconds * 1000 + SETTLE_MS;
  let silences = 0;
  while (now() < deadline) {
    const requests = await load();
    silences = requests === undefined ? silences + 1 : 0;
    if (silences >= SILENCES) return "gone";
    if (requests === 0 && now() >= settled) return "drained";
    if (now() + RESERVE_MS > options.invocationEndsAt)
      throw new Error(`the engine still has ${requests ?? "unknown"} requests; the next invocation goes on waiting`);
    await sleep(POLL_MS);
  }
  return "late";
}
