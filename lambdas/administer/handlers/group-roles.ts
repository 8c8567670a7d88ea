import type { RecordOf } from "../../../contracts/control/records.ts";
import { endProjectGroupKeys, renewedAccess } from "../../../domain/people/group-access.ts";
import { type Change, raiseVersion, removeRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import {
  auditEvent,
  type ControlCall,
  type ControlHandler,
  change,
  requireScopes,
  slice,
} from "../call/control-call.ts";
import { notFound } from "../call/control-error.ts";
import { assignmentPayload, assignments, findRole, newAssignment } from "../call/role-records.ts";
import { toAssignedRole, toRole } from "../call/shown-roles.ts";
import { refuseArchived } from "./projects.ts";

export const listGroupRoles: ControlHandler<"listGroupRoles"> = (call) => list(call, undefined);
export const listProjectGroupRoles: ControlHandler<"listProjectGroupRoles"> = (call) =>
  list(call, call.records.project_id);

export const createGroupRole: ControlHandler<"createGroupRole"> = (call) => create(call, undefined);
export const createProjectGroupRole: ControlHandler<"createProjectGroupRole"> = (call) =>
  create(call, call.records.project_id);

export const retrieveGroupRole: ControlHandler<"retrieveGroupRole"> = (call) => retrieve(call, undefined);
export const retrieveProjectGroupRole: ControlHandler<"retrieveProjectGroupRole"> = (call) =>
  retrieve(call, call.records.project_id);

export const deleteGroupRole: ControlHandler<"deleteGroupRole"> = (call) => remove(call, undefined);
export const deleteProjectGroupRole: ControlHandler<"deleteProjectGroupRole"> = (call) =>
  remove(call, call.records.project_id);

type Project = RecordOf<"project"> | undefined;
type ListCall = ControlCall<"listGroupRoles"> | ControlCall<"listProjectGroupRoles">;
type CreateCall = ControlCall<"createGroupRole"> | ControlCall<"createProjectGroupRole">;
type RetrieveCall = ControlCall<"retrieveGroupRole"> | ControlCall<"retrieveProjectGroupRole">;
type RemoveCall = ControlCall<"deleteGroupRole"> | ControlCall<"deleteProjectGroupRole">;

async function list(call: ListCall, project: Project) {
  const group = call.records.group_id;
  const roles = (await assignmentsOf(call, project)).flatMap(({ role }) => (role ? [shown(role, group)] : []));
  return { body: slice(roles, call.query) };
}

/** The caller gives the group's users no permission that the caller does not have. */
async function create(call: CreateCall, project: Project) {
  const { caller, records, body, store, nowMs } = call;
  if (project) refuseArchived(project);
  const { group_id: group } = records;
  const resourceId = project?.id ?? ORGANIZATION;
  const role = await findRole(store, caller.organizationId, resourceId, body.role_id);
  if (!role) throw notFound("role", body.role_id);
  const basis = requireScopes(call, role.scopes);
  const existing = await assignmentsOf(call, project);
  const { record, changes } = newAssignment(existing, role, { resourceId, principalId: group.id, nowMs });
  const event = auditEvent("role.assignment.created", assignmentPayload(record, "group"), project);
  const unchanged = [...(project ? [project] : []), ...(call.projectGroup ? [call.projectGroup] : [])];
  const { id, name, createdAt } = group;
  return change(call, event, [...changes, raiseVersion(group), ...unchanged.map(requireUnchanged), ...basis], {
    body: {
      object: "group.role",
      role: toRole(role),
      group: { object: "group", id, name, created_at: createdAt, scim_managed: false },
    } as const,
  });
}

async function retrieve(call: RetrieveCall, project: Project) {
  const { role_id: role, group_id: group } = call.records;
  const found = (await assignmentsOf(call, project)).find(({ record }) => record.roleId === role.id);
  if (!found) throw notFound("role of this group", role.id);
  return { body: shown(role, group) };
}

async function remove(call: RemoveCall, project: Project) {
  const { role_id: role, group_id: group } = call.records;
  if (project) refuseArchived(project);
  const all = await assignmentsOf(call, project);
  const found = all.find(({ record }) => record.roleId === role.id);
  if (!found) throw notFound("role of this group", role.id);
  const isLast = !all.some((one) => one !== found && one.role !== undefined);
  const event = auditEvent("role.assignment.deleted", assignmentPayload(found.record, "group"), project);
  const ended = isLast && call.projectGroup ? endedKeys(call.projectGroup, call.nowMs) : [];
  return change(call, event, [removeRecord(found.record), raiseVersion(group), ...ended], {
    body: { object: "group.role.deleted", deleted: true } as const,
  });
}

/** Without a role in the project the group gives its users no keys, and those that they have by it end. */
function endedKeys(inProject: RecordOf<"projectGroup">, nowMs: number): readonly Change[] {
  const record = renewedAccess(inProject, nowMs);
  return [endProjectGroupKeys(inProject, nowMs), { action: "replace", record, version: inProject.version }];
}

function assignmentsOf(
  { caller, records, store }: ListCall | CreateCall | RetrieveCall | RemoveCall,
  project: Project,
) {
  return assignments(store, caller.organizationId, project?.id ?? ORGANIZATION, records.group_id.id);
}

function shown(role: Parameters<typeof toAssignedRole>[0], group: RecordOf<"group">) {
  return toAssignedRole(role, [{ principal_id: group.id, principal_type: "group" }]);
}
