import type { AuditPayloads } from "../../../contracts/control/audit-payloads.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import type { ErasedCounts } from "../../../contracts/erasure/erasure.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { LostRaceError } from "../call/control-error.ts";
import { revokeProjectKeys } from "../handlers/projects.ts";
import type { ControlStore } from "../store/control-store.ts";
import type { ErasableData, IsLate } from "../store/erasable-data.ts";
import { removePersonalRecords } from "./ended-subject.ts";
import { type ErasableSubject, subjectData } from "./erasable-subject.ts";
import { SETTLE_SECONDS } from "./settle-seconds.ts";

type Stored = RecordOf<"erasure">;

/** What a run that erases needs: of a request, or of the schedule. */
export interface ErasureRun {
  readonly caller: { readonly organizationId: string };
  readonly store: ControlStore;
  readonly erasable: ErasableData;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly isLate: IsLate;
  /** Stores with its event that the erasure is completed, in one transaction. @throws {LostRaceError} */
  complete(event: AuditPayloads["erasure.completed"], replaced: Change): Promise<void>;
}

export const NOTHING_ERASED: ErasedCounts = {
  data_keys: 0,
  generations: 0,
  responses: 0,
  files: 0,
  batches: 0,
  api_keys: 0,
  records: 0,
};

/** What is left of a subject whose erasure has begun. */
export async function begunSubject(
  { caller, store }: Pick<ErasureRun, "caller" | "store">,
  { id, subjectType, projectId }: Stored,
): Promise<ErasableSubject> {
  const project =
    subjectType === "project" ? await store.get(caller.organizationId, { kind: "project", ids: [id] }) : undefined;
  return { id, type: subjectType, project, projectId };
}

/**
 * Deletes what is left, and completes the erasure where nothing is, and all gateways hold it. Any number of runs may do so,
 * one after another or at once. @throws {LostRaceError} where another one came first
 */
export async function continueErasure(run: ErasureRun, begun: Stored, subject: ErasableSubject): Promise<Stored> {
  const { caller, store, nowMs, erasable, isLate } = run;
  const swept = await erasable.sweep(await subjectData(run, subject), isLate);
  const keys = subject.type === "project" ? await revokeProjectKeys(run, subject.id) : 0;
  const records = subject.type === "user" ? await removePersonalRecords(run, subject.id) : 0;
  const counts = { ...swept.counts, api_keys: keys, records };
  const wasClean = swept.isDone && Object.values(counts).every((count) => count === 0);
  const now = unixSeconds(nowMs);
  const isCompleted = wasClean && now - begun.startedAt >= SETTLE_SECONDS;
  if (wasClean && (begun.completedAt !== undefined || !isCompleted)) return begun;
  const { completedAt: _, signed: __, ...open } = begun;
  const next: Stored = {
    ...open,
    version: begun.version + 1,
    counts: added(begun.counts, counts),
    ...(isCompleted ? { completedAt: now } : {}),
  };
  const replaced = { action: "replace", record: next, version: begun.version } as const;
  if (isCompleted) await run.complete({ id: next.id, erased: next.counts }, replaced);
  else if (!(await store.write(caller.organizationId, [replaced]))) throw new LostRaceError();
  return next;
}

function added(before: ErasedCounts, more: Partial<ErasedCounts>): ErasedCounts {
  const names = Object.keys(before) as (keyof ErasedCounts)[];
  return Object.fromEntries(names.map((name) => [name, before[name] + (more[name] ?? 0)])) as ErasedCounts;
}
