import type { RecordOf } from "../../../contracts/control/records.ts";
import type { ErasedCounts, Erasure } from "../../../contracts/erasure/erasure.ts";
import { reportOf } from "../../../domain/erasure/erasure-report.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, slice } from "../call/control-call.ts";
import { LostRaceError } from "../call/control-error.ts";
import { revokeProjectKeys } from "../handlers/projects.ts";
import { refuseSelfAndOwner } from "../handlers/users.ts";
import { endingChanges, removeInvites, removePersonalRecords, revokedKeys } from "./ended-subject.ts";
import { type ErasableSubject, erasableSubject, matching, subjectData } from "./erasable-subject.ts";
import { refuseHeld } from "./legal-holds.ts";
import { SETTLE_SECONDS } from "./settle-seconds.ts";

type Call = ControlCall<"createErasure">;
type Stored = RecordOf<"erasure">;

export const NOTHING_ERASED: ErasedCounts = {
  data_keys: 0,
  generations: 0,
  responses: 0,
  files: 0,
  batches: 0,
  api_keys: 0,
  records: 0,
};

export const listErasures: ControlHandler<"listErasures"> = async ({ caller, query, store }) => {
  const all = await matching(store, caller.organizationId, "erasure");
  const { data, ...rest } = slice(all, { ...query, order: "asc" });
  return { body: { ...rest, data: data.map((record) => toErasure(caller.organizationId, record)) } };
};

export const retrieveErasure: ControlHandler<"retrieveErasure"> = async ({ caller, records }) => ({
  body: toErasure(caller.organizationId, records.erasure_id),
  version: records.erasure_id.version,
});

/**
 * Begins to erase a subject, or goes on with it: a request that ended in the middle is continued by the next one. After
 * the first one nothing of the subject works any more. One that is completed looks again, and finds what a backup brought back.
 */
export const createErasure: ControlHandler<"createErasure"> = async (call) => {
  const { caller, store, body } = call;
  const before = await store.get(caller.organizationId, { kind: "erasure", ids: [body.subject_id] });
  const subject =
    before === undefined ? await erasableSubject(call, body.subject_id) : await begunSubject(call, before);
  const begun = before ?? (await begin(call, subject));
  const record = await goOn(call, begun, subject);
  return { body: toErasure(caller.organizationId, record), version: record.version };
};

/** What is left of a subject whose erasure has begun. */
async function begunSubject({ caller, store }: Call, { id, subjectType, projectId }: Stored): Promise<ErasableSubject> {
  const project =
    subjectType === "project" ? await store.get(caller.organizationId, { kind: "project", ids: [id] }) : undefined;
  return { id, type: subjectType, project, projectId };
}

/** Ends the subject, and stores that its erasure has begun, in one transaction. */
async function begin(call: Call, subject: ErasableSubject): Promise<Stored> {
  const { caller, body, nowMs } = call;
  const { id, type, user, projectId } = subject;
  if (user) refuseSelfAndOwner(call, user);
  const notHeld = await refuseHeld(call, subject);
  const invites = user ? await removeInvites(call, user) : 0;
  const changes = await endingChanges(call, subject);
  const removed = changes.filter(({ action }) => action === "remove").length;
  const record: Stored = {
    kind: "erasure",
    version: 1,
    id,
    subjectType: type,
    ...(projectId === undefined ? {} : { projectId }),
    ...(body.reason === undefined ? {} : { reason: body.reason }),
    requestedBy: caller.user.id,
    startedAt: unixSeconds(nowMs),
    counts: { ...NOTHING_ERASED, api_keys: revokedKeys(changes), records: removed + invites },
  };
  const reason = body.reason === undefined ? {} : { reason: body.reason };
  const event = auditEvent("erasure.started", { id, subject_type: type, ...reason }, subject.project);
  // Its response is not the same when it is repeated.
  await change({ ...call, repeatable: undefined }, event, [...changes, notHeld, { action: "create", record }], {
    body: record,
  });
  return record;
}

async function goOn(call: Call, begun: Stored, subject: ErasableSubject): Promise<Stored> {
  const { caller, store, nowMs, erasable, isLate } = call;
  const swept = await erasable.sweep(await subjectData(call, subject), isLate);
  const keys = subject.type === "project" ? await revokeProjectKeys(call, subject.id) : 0;
  const records = subject.type === "user" ? await removePersonalRecords(call, subject.id) : 0;
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
  if (isCompleted) {
    const event = auditEvent("erasure.completed", { id: next.id, erased: next.counts }, subject.project);
    await change({ ...call, repeatable: undefined }, event, [replaced], { body: next });
  } else if (!(await store.write(caller.organizationId, [replaced]))) throw new LostRaceError();
  return next;
}

function added(before: ErasedCounts, more: Partial<ErasedCounts>): ErasedCounts {
  const names = Object.keys(before) as (keyof ErasedCounts)[];
  return Object.fromEntries(names.map((name) => [name, before[name] + (more[name] ?? 0)])) as ErasedCounts;
}

function toErasure(organizationId: string, record: Stored): Erasure {
  const { id, subjectType, reason, requestedBy, startedAt, completedAt, counts } = record;
  return {
    id,
    object: "organization.erasure",
    subject_type: subjectType,
    status: completedAt === undefined ? "in_progress" : "completed",
    reason: reason ?? null,
    requested_by: requestedBy,
    started_at: startedAt,
    completed_at: completedAt ?? null,
    erased: counts,
    report: reportOf(organizationId, record) ?? null,
  };
}
