import type { RecordOf } from "../../../contracts/control/records.ts";
import type { Erasure } from "../../../contracts/erasure/erasure.ts";
import { reportOf } from "../../../domain/erasure/erasure-report.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, slice } from "../call/control-call.ts";
import { refuseSelfAndOwner } from "../handlers/users.ts";
import { begunSubject, continueErasure, type ErasureRun, NOTHING_ERASED } from "./continue-erasure.ts";
import { endingChanges, removeInvites, revokedKeys } from "./ended-subject.ts";
import { type ErasableSubject, erasableSubject, matching } from "./erasable-subject.ts";
import { refuseHeld } from "./legal-holds.ts";

type Call = ControlCall<"createErasure">;
type Stored = RecordOf<"erasure">;

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
 * Begins to erase a subject, or goes on with it: a request that ended in the middle is continued by the next one, or by the
 * scheduled run. After the first one nothing of the subject works any more. One that is completed looks again, and finds what a backup brought back.
 */
export const createErasure: ControlHandler<"createErasure"> = async (call) => {
  const { caller, store, body } = call;
  const before = await store.get(caller.organizationId, { kind: "erasure", ids: [body.subject_id] });
  const subject =
    before === undefined ? await erasableSubject(call, body.subject_id) : await begunSubject(call, before);
  const begun = before ?? (await begin(call, subject));
  const record = await continueErasure({ ...call, complete: completing(call, subject) }, begun, subject);
  return { body: toErasure(caller.organizationId, record), version: record.version };
};

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

/** The event names who sent the request that found nothing more. */
function completing(call: Call, { project }: ErasableSubject): ErasureRun["complete"] {
  return async (completed, replaced) => {
    const event = auditEvent("erasure.completed", completed, project);
    await change({ ...call, repeatable: undefined }, event, [replaced], { body: undefined });
  };
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
