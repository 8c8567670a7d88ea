import type { Project } from "../../../contracts/control/objects.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { endKeysOf } from "../../../domain/tenancy/archived-projects.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { deleteProjectKey } from "../../../domain/tenancy/project-keys.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, page } from "../call/control-call.ts";
import { ControlError, LostRaceError } from "../call/control-error.ts";
import { keysOf } from "../call/project-key-records.ts";
import { wantedRecords } from "../call/wanted-records.ts";

export const listProjects: ControlHandler<"listProjects"> = async ({ caller, query, store }) => {
  const { include_archived: withArchived, limit, after } = query;
  const range = { kind: "project", limit, ...(after === undefined ? {} : { after }) } as const;
  const found = await wantedRecords(store, caller.organizationId, range, {
    isWanted: ({ archivedAt }) => withArchived || archivedAt === undefined,
  });
  return { body: page(found.slice(0, limit).map(toProject), found.length > limit) };
};

export const createProject: ControlHandler<"createProject"> = async (call) => {
  const { nowMs, body } = call;
  const record: RecordOf<"project"> = {
    kind: "project",
    version: 1,
    id: newId("project", nowMs),
    name: body.name,
    createdAt: unixSeconds(nowMs),
  };
  const event = auditEvent("project.created", { id: record.id, data: { name: body.name, title: body.name } }, record);
  return change(call, event, [{ action: "create", record }], { body: toProject(record), version: record.version });
};

export const retrieveProject: ControlHandler<"retrieveProject"> = async ({ records }) => ({
  body: toProject(records.project_id),
  version: records.project_id.version,
});

export const updateProject: ControlHandler<"updateProject"> = async (call) => {
  const before = call.records.project_id;
  refuseArchived(before);
  const record = { ...before, name: call.body.name, version: before.version + 1 };
  const payload = { id: record.id, changes_requested: { title: record.name } };
  return change(
    call,
    auditEvent("project.updated", payload, record),
    [{ action: "replace", record, version: before.version }],
    { body: toProject(record), version: record.version },
  );
};

/**
 * Every gateway refuses the project's keys within a second, those of its workloads too. An archived project stays as it
 * is; keys whose revocation was cut off are revoked then.
 */
export const archiveProject: ControlHandler<"archiveProject"> = async (call) => {
  // Its response is not stored for repeated requests: they shall revoke the keys that are left.
  const result = await archive({ ...call, repeatable: undefined });
  await revokeProjectKeys(call, call.records.project_id.id);
  return result;
};

/** Keys in one transaction: two actions each, of the 100 that DynamoDB takes. */
const KEYS_AT_ONCE = 40;

/** Revokes the keys that an archived project still has. @returns how many */
export async function revokeProjectKeys(
  {
    caller,
    store,
    nowMs,
  }: Pick<ControlCall<"archiveProject">, "store" | "nowMs"> & { readonly caller: { readonly organizationId: string } },
  projectId: string,
): Promise<number> {
  const keys = await keysOf(store, caller.organizationId, projectId);
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
    const changes = keys.slice(start, start + KEYS_AT_ONCE).flatMap((key) => deleteProjectKey(key, nowMs));
    if (!(await store.write(caller.organizationId, changes))) throw new LostRaceError();
  }
  return keys.length;
}

const archive: ControlHandler<"archiveProject"> = async (call) => {
  const before = call.records.project_id;
  if (before.archivedAt !== undefined) return { body: toProject(before), version: before.version };
  const archived = { ...before, archivedAt: unixSeconds(call.nowMs) };
  const { record, changes } = endKeysOf(archived, call.nowMs);
  return change(call, auditEvent("project.archived", { id: record.id }, record), changes, {
    body: toProject(record),
    version: record.version,
  });
};

/** @throws {ControlError} when the project is archived: it can be read, and no longer changed */
export function refuseArchived({ id, archivedAt }: RecordOf<"project">): void {
  if (archivedAt === undefined) return;
  throw new ControlError("invalid_request", `The project '${id}' is archived and can't be changed; use another one.`);
}

function toProject({ id, name, createdAt, archivedAt }: RecordOf<"project">): Project {
  return {
    id,
    object: "organization.project",
    name,
    created_at: createdAt,
    archived_at: archivedAt ?? null,
    status: archivedAt === undefined ? "active" : "archived",
  };
}
