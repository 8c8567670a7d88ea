import type { RecordOf } from "../../../contracts/control/records.ts";
import { type KeepDays, PROJECT_CLASSES, type ProjectRetention } from "../../../contracts/retention/retention.ts";
import { subjectLimitsId } from "../../../domain/limits/subject-limits.ts";
import { effectiveRetention } from "../../../domain/retention/retention-classes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { refuseArchived } from "../handlers/projects.ts";

type Stored = RecordOf<"retention">;

export const retrieveProjectRetention: ControlHandler<"retrieveProjectRetention"> = async (call) => {
  const { id } = call.records.project_id;
  const stored = await storedRetention(call, id);
  return { body: toRetention(call, id, stored) };
};

/** Gateways hold it within a second. What was stored before gets its new end by the scheduled run, within some minutes. */
export const updateProjectRetention: ControlHandler<"updateProjectRetention"> = async (call) => {
  const { store, body, nowMs, environmentRetention } = call;
  const project = call.records.project_id;
  refuseArchived(project);
  const before = await storedRetention(call, project.id);
  const days = changedDays(before?.days ?? {}, body);
  for (const name of PROJECT_CLASSES)
    if (typeof body[name] === "number" && environmentRetention[name] === undefined)
      throw new ControlError(
        "invalid_request",
        `'${name}' is not stored in this environment, so there is nothing to keep; leave it out, or switch it on in the environment's file.`,
        { param: name },
      );
  const record: Stored = {
    kind: "retention",
    version: (before?.version ?? 0) + 1,
    id: project.id,
    days,
    changedAt: unixSeconds(nowMs),
  };
  const version = await store.limitsVersion(subjectLimitsId({ scope: "project", subject: project.id }));
  const event = auditEvent(
    "retention.updated",
    { id: project.id, changes_requested: body, before: before?.days ?? {}, after: days },
    project,
  );
  return change(
    call,
    event,
    [
      before === undefined ? { action: "create", record } : { action: "replace", record, version: before.version },
      { action: "setKeepDays", projectId: project.id, keepDays: days, version, at: new Date(nowMs) },
    ],
    { body: toRetention(call, project.id, record) },
  );
};

type Reading = Pick<ControlCall<"retrieveProjectRetention">, "caller" | "store" | "environmentRetention">;

function storedRetention({ caller, store }: Reading, projectId: string): Promise<Stored | undefined> {
  return store.get(caller.organizationId, { kind: "retention", ids: [projectId] });
}

function changedDays(before: KeepDays, changes: Readonly<Record<string, number | null | undefined>>): KeepDays {
  const days: Partial<Record<(typeof PROJECT_CLASSES)[number], number>> = {};
  for (const name of PROJECT_CLASSES) {
    const wanted = changes[name] === undefined ? before[name] : changes[name];
    if (wanted !== undefined && wanted !== null) days[name] = wanted;
  }
  return days;
}

function toRetention(
  { environmentRetention }: Reading,
  projectId: string,
  stored: Stored | undefined,
): ProjectRetention {
  return {
    object: "project.retention",
    project_id: projectId,
    applied: stored === undefined || stored.appliedAt !== undefined,
    data: [...effectiveRetention(environmentRetention, stored?.days ?? {})],
  };
}
