import type { RecordOf } from "../../../contracts/control/records.ts";
import { endRoleKeys } from "../../../domain/people/group-access.ts";
import { type Change, removeRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { ORGANIZATION, ownRole } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import {
  auditEvent,
  type ControlCall,
  type ControlHandler,
  change,
  requireScopes,
  slice,
} from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { allRoles, MAX_OWN_ROLES, resourceType } from "../call/role-records.ts";
import { toRole } from "../call/shown-roles.ts";
import { refuseArchived } from "./projects.ts";

export const listRoles: ControlHandler<"listRoles"> = (call) => list(call, ORGANIZATION);
export const listProjectRoles: ControlHandler<"listProjectRoles"> = (call) => list(call, call.records.project_id.id);

export const createRole: ControlHandler<"createRole"> = (call) => create(call, undefined);
export const createProjectRole: ControlHandler<"createProjectRole"> = (call) => create(call, call.records.project_id);

export const retrieveRole: ControlHandler<"retrieveRole"> = async ({ records }) => retrieve(records);
export const retrieveProjectRole: ControlHandler<"retrieveProjectRole"> = async ({ records }) => retrieve(records);

export const updateRole: ControlHandler<"updateRole"> = (call) => update(call, undefined);
export const updateProjectRole: ControlHandler<"updateProjectRole"> = (call) => update(call, call.records.project_id);

export const deleteRole: ControlHandler<"deleteRole"> = (call) => remove(call, undefined);
export const deleteProjectRole: ControlHandler<"deleteProjectRole"> = (call) => remove(call, call.records.project_id);

type Project = RecordOf<"project"> | undefined;

async function list(
  { caller, query, store }: ControlCall<"listRoles"> | ControlCall<"listProjectRoles">,
  resourceId: string,
) {
  return { body: slice((await allRoles(store, caller.organizationId, resourceId)).map(toRole), query) };
}

function retrieve({ role_id: role }: ControlCall<"retrieveRole">["records"]) {
  return { body: toRole(role), version: role.version };
}

/** A role has no more permissions than its maker. */
async function create(call: ControlCall<"createRole"> | ControlCall<"createProjectRole">, project: Project) {
  const { body, caller, nowMs } = call;
  if (project) refuseArchived(project);
  const resourceId = project?.id ?? ORGANIZATION;
  const permissions = [...new Set<string>(body.permissions)];
  const basis = requireScopes(call, permissions);
  const record: RecordOf<"role"> = {
    kind: "role",
    version: 1,
    resourceId,
    id: newId("role", nowMs),
    name: body.role_name,
    ...(body.description ? { description: body.description } : {}),
    permissions,
    createdAt: unixSeconds(nowMs),
    createdBy: caller.user.id,
  };
  const counted = await changedList(call, resourceId, record.name);
  const event = auditEvent(
    "role.created",
    {
      id: record.id,
      role_name: record.name,
      permissions,
      resource_id: resourceId,
      resource_type: resourceType(resourceId),
    },
    project,
  );
  return change(
    call,
    event,
    [{ action: "create", record }, counted, ...(project ? [requireUnchanged(project)] : []), ...basis],
    {
      body: toRole(ownRole(record)),
      version: 1,
    },
  );
}

/** Who has the role has its new permissions with the next request; those that are added the caller must have. */
async function update(call: ControlCall<"updateRole"> | ControlCall<"updateProjectRole">, project: Project) {
  const { body, nowMs } = call;
  if (project) refuseArchived(project);
  const before = ownRecord(call);
  const permissions = [...new Set<string>(body.permissions ?? before.permissions)];
  const added = permissions.filter((one) => !before.permissions.includes(one));
  const removed = before.permissions.filter((one) => !permissions.includes(one));
  const basis = requireScopes(call, added);
  const name = body.role_name ?? before.name;
  const record: RecordOf<"role"> = {
    ...before,
    name,
    ...(body.description == null ? {} : { description: body.description }),
    permissions,
    version: before.version + 1,
    updatedAt: unixSeconds(nowMs),
  };
  const renamed = name === before.name ? [] : [await changedList(call, before.resourceId, name, before.id)];
  const requested = {
    ...(body.role_name == null ? {} : { role_name: name }),
    ...(body.description == null ? {} : { description: body.description }),
    ...(body.permissions == null ? {} : { permissions_added: added, permissions_removed: removed }),
  };
  const event = auditEvent("role.updated", { id: record.id, changes_requested: requested }, project);
  const changes: readonly Change[] = [{ action: "replace", record, version: before.version }, ...renamed, ...basis];
  return change(call, event, [...changes, ...(project ? [requireUnchanged(project)] : [])], {
    body: toRole(ownRole(record)),
    version: record.version,
  });
}

/** The keys that people have in the project by it end. Its assignments have no effect without the role, and no other role gets the id. */
async function remove(call: ControlCall<"deleteRole"> | ControlCall<"deleteProjectRole">, project: Project) {
  if (project) refuseArchived(project);
  const record = ownRecord(call);
  const counted = await changedList(call, record.resourceId);
  const ended = project ? [requireUnchanged(project), endRoleKeys(record, call.nowMs)] : [];
  const changes: readonly Change[] = [removeRecord(record), counted, ...ended];
  return change(call, auditEvent("role.deleted", { id: record.id }, project), changes, {
    body: { object: "role.deleted", id: record.id, deleted: true } as const,
  });
}

/** @throws {ControlError} when the role is predefined */
function ownRecord({ records }: Pick<ControlCall<"updateRole">, "records">): RecordOf<"role"> {
  const { record, id } = records.role_id;
  if (!record)
    throw new ControlError("invalid_request", `The role '${id}' is predefined and can't be changed; create one.`);
  return record;
}

/**
 * The change that every change of the resource's roles makes.
 * @param name that a role gets @default - none: a role is deleted
 * @param renamedId of the role that gets the name @default - it is a new one
 * @throws {ControlError} when another role has the name, or there are as many roles as there may be
 */
async function changedList(
  { caller, store }: Pick<ControlCall<"listRoles">, "caller" | "store">,
  resourceId: string,
  name?: string,
  renamedId?: string,
): Promise<Change> {
  const key = { kind: "roleList", ids: [resourceId] } as const;
  const stored = await store.get(caller.organizationId, key);
  if (name !== undefined) {
    const roles = await allRoles(store, caller.organizationId, resourceId);
    const taken = roles.find((role) => role.id !== renamedId && role.name.toLowerCase() === name.toLowerCase());
    if (taken)
      throw new ControlError("invalid_request", `The role '${taken.id}' has the name '${taken.name}'; send another.`, {
        param: "role_name",
      });
    if (renamedId === undefined && roles.filter(({ record }) => record).length >= MAX_OWN_ROLES)
      throw new ControlError("invalid_request", `There are at most ${MAX_OWN_ROLES} roles; delete one first.`);
  }
  const record = { kind: "roleList", version: (stored?.version ?? 0) + 1, resourceId } as const;
  return stored ? { action: "replace", record, version: stored.version } : { action: "create", record };
}
