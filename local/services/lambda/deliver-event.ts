import { setTimeout as sleep } from "node:timers/promises";

/** Lambda tries an event that failed twice again. */
const ATTEMPTS = 3;

export interface Delivery {
  /** What sends it, for the report. */
  readonly source: string;
  readonly invoke: () => Promise<unknown>;
  readonly report: (line: string) => void;
  /** Between two attempts; on AWS one and two minutes. */
  readonly retryMs: number;
  /** Whether the stack stops, which ends its functions: then a failure is neither reported nor tried again. */
  readonly isStopped: () => boolean;
}

/**
 * Calls a function for an event that nobody waits for. Never rejects.
 * @returns whether it is over, by success or after the last attempt; `false` when the stack stopped before
 */
export async function deliverEvent({ source, invoke, report, retryMs, isStopped }: Delivery): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (isStopped()) return false;
    try {
      await invoke();
      return true;
    } catch (error) {
      if (isStopped()) return false;
      const cause = error instanceof Error ? error.message : String(error);
      // A schema's complaint has many lines; the terminal gets one for each attempt.
      report(`${source}: ${cause.replaceAll(/\s*\n\s*/g, " ")}`);
      if (attempt < ATTEMPTS) await sleep(retryMs * attempt, undefined, { ref: false });
    }
  }
  return true;
}
