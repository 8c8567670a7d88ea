import type { RecordOf } from "../../../contracts/control/records.ts";
import type { StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import { subjectsOf } from "../../../domain/history/generation-keys.ts";
import { type Change, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import type { ControlCall } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import type { HistorySource } from "../store/history-source.ts";
import type { ErasableSubject } from "./erasable-subject.ts";

export type LegalHolds = RecordOf<"legalHolds">;
export type Hold = LegalHolds["holds"][number];
type Reading = Pick<ControlCall<"createErasure">, "caller" | "store" | "history" | "isLate">;

const PAGE = 1000;

interface OrganizationReading extends Pick<Reading, "store"> {
  readonly caller: Pick<Reading["caller"], "organizationId">;
}

export function storedHolds({ caller, store }: OrganizationReading): Promise<LegalHolds | undefined> {
  return store.get(caller.organizationId, { kind: "legalHolds", ids: ["all"] });
}

/** The change that stores the holds of an organisation: it loses a race with an erasure that begins, and with another hold. */
export function storingHolds(before: LegalHolds | undefined, holds: readonly Hold[]): Change {
  const version = (before?.version ?? 0) + 1;
  const record: LegalHolds = { kind: "legalHolds", version, id: "all", holds: [...holds] };
  return before === undefined ? { action: "create", record } : { action: "replace", record, version: before.version };
}

/**
 * Refuses the erasure of a subject that is held, or of which a part is: what a user stored in a held project is the project's too.
 * @returns what must hold still when the erasure begins
 */
export async function refuseHeld(call: Reading, subject: ErasableSubject): Promise<Change> {
  const stored = await storedHolds(call);
  for (const hold of stored?.holds ?? [])
    if (await isOverlapping(call, hold, subject))
      throw held(
        `'${subject.id}' can't be erased: there is a legal hold on '${hold.id}' (${hold.reason}). Release it first: DELETE /v1/organization/legal_holds/${hold.id}.`,
      );
  return stored === undefined ? storingHolds(undefined, []) : requireUnchanged(stored);
}

/** @throws {ControlError} for a generation of the history of which a subject is held */
export async function refuseHeldGeneration(history: HistorySource, generation: StoredGeneration): Promise<void> {
  const [subject] = await history.holds.heldAmong(subjectsOf(generation));
  if (subject !== undefined)
    throw held(`'${generation.id}' can't be deleted: there is a legal hold on '${subject}'. Release it first.`);
}

function held(message: string): ControlError {
  return new ControlError("legal_hold", message, { rule: "legal-hold" });
}

async function isOverlapping(call: Reading, hold: Hold, subject: ErasableSubject): Promise<boolean> {
  if (hold.id === subject.id) return true;
  const isOfProject = hold.subjectType === "project";
  if (isOfProject === (subject.type === "project")) return false;
  const projectId = isOfProject ? hold.id : subject.id;
  const [ownerId, accountProject] = isOfProject ? [subject.id, subject.projectId] : [hold.id, hold.projectId];
  if (accountProject !== undefined) return accountProject === projectId;
  const { caller, store, history } = call;
  if (await store.get(caller.organizationId, { kind: "membership", ids: [projectId, ownerId] })) return true;
  return history !== undefined && (await hasGeneration(history, ownerId, projectId, call.isLate));
}

/** Whether a user has generations in a project; assumed where there is no time to find out. */
async function hasGeneration(
  history: HistorySource,
  ownerId: string,
  projectId: string,
  isLate: () => boolean,
): Promise<boolean> {
  let after: string | undefined;
  do {
    if (isLate()) return true;
    const page = await history.list(ownerId, after, PAGE);
    if (page.generations.some((generation) => generation.projectId === projectId)) return true;
    after = page.next;
  } while (after !== undefined);
  return false;
}
