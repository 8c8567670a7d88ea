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
}

/** Calls a function for an event that nobody waits for. Never rejects. */
export async function deliverEvent({ source, invoke, report, retryMs }: Delivery): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await invoke();
      return;
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      // A schema's complaint has many lines; the terminal gets one for each attempt.
      report(`${source}: ${cause.replaceAll(/\s*\n\s*/g, " ")}`);
      if (attempt < ATTEMPTS) await sleep(retryMs * attempt, undefined, { ref: false });
    }
  }
}
