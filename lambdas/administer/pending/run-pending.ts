import type { EnvironmentRetention } from "../../../contracts/retention/retention.ts";
import type { PendingKind, PendingWork } from "../../../domain/tenancy/pending-marks.ts";
import { LostRaceError } from "../call/control-error.ts";
import type { ExpiryStore } from "../retention/expiry-store.ts";
import type { ControlStore } from "../store/control-store.ts";
import type { ErasableData, IsLate } from "../store/erasable-data.ts";
import type { HistorySource } from "../store/history-source.ts";
import type { PendingWorkTable } from "./dynamo-pending-work.ts";
import { fairOrder } from "./fair-order.ts";
import { pendingErasure } from "./pending-erasure.ts";
import { pendingHolds } from "./pending-holds.ts";
import { pendingRetention } from "./pending-retention.ts";

/** What the scheduled run works with. */
export interface PendingTools {
  readonly store: ControlStore;
  readonly erasable: ErasableData;
  readonly expiry: ExpiryStore;
  /** The history of generations. @default - the environment stores none */
  readonly history: HistorySource | undefined;
  readonly environmentRetention: EnvironmentRetention;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes one line for each failure. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  readonly pending: PendingWorkTable;
  /** Until the gateways hold what was changed. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** 0 to under 1. @default - Math.random */
  readonly random?: () => number;
}

/** Of the run's tools, for one record. */
export interface PendingRun extends Omit<PendingTools, "pending" | "wait" | "random"> {
  readonly random: () => number;
  readonly organizationId: string;
  readonly isLate: IsLate;
}

/** Goes on with the work of a record. @throws {LostRaceError} where a request came between: the next round looks again */
export type PendingStep = (run: PendingRun, id: string) => Promise<void>;

const STEPS: Readonly<Record<PendingKind, PendingStep>> = {
  erasure: pendingErasure,
  legalHolds: pendingHolds,
  retention: pendingRetention,
};

/** The function may run for 58 seconds. */
const RUN_MS = 45_000;
/** Of one record in a round, so that none keeps the others waiting. */
const STEP_MS = 8000;
const PAUSE_MS = 5000;

/**
 * Goes on with all work that a request began and that is not done, in rounds until nothing waits or the time of the run is over:
 * a request that was cut off, or whose sender never sent it again, ends all the same.
 * @throws {AggregateError} at the end, for work that failed in its last round; the next run tries again
 */
export async function runPending({ random = Math.random, ...rest }: PendingTools): Promise<void> {
  const tools = { ...rest, random };
  const startMs = tools.now();
  const isOver = () => tools.now() - startMs > RUN_MS;
  for (;;) {
    const waiting = fairOrder(await tools.pending.list(), random);
    const errors: Error[] = [];
    for (const work of waiting) {
      if (isOver()) break;
      const error = await step(tools, work);
      if (error !== undefined) errors.push(error);
    }
    if (waiting.length === 0) return;
    if (tools.now() - startMs + PAUSE_MS > RUN_MS) {
      if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
      return;
    }
    await tools.wait(PAUSE_MS);
  }
}

/** @returns what failed */
async function step(
  tools: Omit<PendingRun, "organizationId" | "isLate">,
  { kind, organizationId, id }: PendingWork,
): Promise<Error | undefined> {
  const startMs = tools.now();
  const isLate = () => tools.now() - startMs > STEP_MS;
  try {
    await STEPS[kind]({ ...tools, organizationId, isLate }, id);
    return undefined;
  } catch (error) {
    if (error instanceof LostRaceError) return undefined;
    const reason = error instanceof Error ? error.name : String(error);
    tools.log({
      level: "warn",
      msg: "work that waits has failed, and is tried again",
      kind,
      organizationId,
      id,
      reason,
    });
    return new Error(`${kind} of ${id}: ${reason}`, { cause: error });
  }
}
