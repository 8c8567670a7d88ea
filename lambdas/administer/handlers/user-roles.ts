import type { RecordOf } from "../../../contracts/control/records.ts";
import type { AssignedRole } from "../../../contracts/control/roles.ts";
import { type Grant, grantsOf } from "../../../domain/people/role-grants.ts";
import { raiseVersion, removeRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import {
  auditEvent,
  type ControlCall,
  type ControlHandler,
  change,
  requireScopes,
  slice,
} from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { assignmentPayload, assignments, findRole, newAssignment, roleReads } from "../call/role-records.ts";
import { toAssignedRole, toRole } from "../call/shown-roles.ts";
import { toUser } from "../call/shown-users.ts";
import { refuseArchived } from "./projects.ts";

export const listUserRoles: ControlHandler<"listUserRoles"> = (call) => list(call, undefined);
export const listProjectUserRoles: ControlHandler<"listProjectUserRoles"> = (call) =>
  list(call, call.records.project_id);

export const createUserRole: ControlHandler<"createUserRole"> = (call) => create(call, undefined);
export const createProjectUserRole: ControlHandler<"createProjectUserRole"> = (call) =>
  create(call, call.records.project_id);

export const retrieveUserRole: ControlHandler<"retrieveUserRole"> = (call) => retrieve(call, undefined);
export const retrieveProjectUserRole: ControlHandler<"retrieveProjectUserRole"> = (call) =>
  retrieve(call, call.records.project_id);

export const deleteUserRole: ControlHandler<"deleteUserRole"> = (call) => remove(call, undefined);
export const deleteProjectUserRole: ControlHandler<"deleteProjectUserRole"> = (call) =>
  remove(call, call.records.project_id);

type Project = RecordOf<"project"> | undefined;
type ListCall = ControlCall<"listUserRoles"> | ControlCall<"listProjectUserRoles">;
type CreateCall = ControlCall<"createUserRole"> | ControlCall<"createProjectUserRole">;
type RetrieveCall = ControlCall<"retrieveUserRole"> | ControlCall<"retrieveProjectUserRole">;
type RemoveCall = ControlCall<"deleteUserRole"> | ControlCall<"deleteProjectUserRole">;

/** All roles of the user in the organisation or project, those by groups too. */
async function list(call: ListCall, project: Project) {
  return { body: slice(shown(call.records.user_id, await rolesOf(call, project)), call.query) };
}

/** The caller gives the user no permission that the caller does not have. */
async function create(call: CreateCall, project: Project) {
  const { caller, records, body, store, nowMs } = call;
  if (project) refuseArchived(project);
  const { organizationId } = caller;
  const { user_id: user } = records;
  const resourceId = project?.id ?? ORGANIZATION;
  const role = await findRole(store, organizationId, resourceId, body.role_id);
  if (!role) throw notFound("role", body.role_id);
  const basis = requireScopes(call, role.scopes);
  const existing = await assignments(store, organizationId, resourceId, user.id);
  const { record, changes } = newAssignment(existing, role, { resourceId, principalId: user.id, nowMs });
  const event = auditEvent("role.assignment.created", assignmentPayload(record, "user"), project);
  const unchanged = project ? [requireUnchanged(project)] : [];
  const membership = call.membership ? [requireUnchanged(call.membership)] : [];
  return change(call, event, [...changes, raiseVersion(user), ...unchanged, ...membership, ...basis], {
    body: { object: "user.role", role: toRole(role), user: toUser(user) } as const,
  });
}

async function retrieve(call: RetrieveCall, project: Project) {
  const { role_id: role, user_id: user } = call.records;
  const found = shown(user, await rolesOf(call, project)).find(({ id }) => id === role.id);
  if (!found) throw notFound("role of this user", role.id);
  return { body: found };
}

async function remove(call: RemoveCall, project: Project) {
  const { role_id: role, user_id: user } = call.records;
  if (project) refuseArchived(project);
  const found = (await rolesOf(call, project)).filter((grant) => grant.role.id === role.id);
  const assignment = found.find((grant) => grant.assignment)?.assignment;
  if (!assignment) throw found[0] ? notAssigned(found[0], user) : notFound("role of this user", role.id);
  const event = auditEvent("role.assignment.deleted", assignmentPayload(assignment, "user"), project);
  return change(call, event, [removeRecord(assignment), raiseVersion(user)], {
    body: { object: "user.role.deleted", deleted: true } as const,
  });
}

function notAssigned({ group }: Grant, user: RecordOf<"user">): ControlError {
  const message = group
    ? `'${user.id}' has this role by the group '${group.id}'; take the role from the group, or the user out of it.`
    : `This is the role that '${user.id}' was given on joining; change the user instead, with another \`role\`.`;
  return new ControlError("invalid_request", message, { param: "role_id" });
}

async function rolesOf(
  { caller, records, membership, store, nowMs }: ListCall | RetrieveCall | RemoveCall,
  project: Project,
) {
  const reads = roleReads(store, caller.organizationId);
  const grants = await grantsOf(reads, records.user_id, membership, project?.id, nowMs);
  return grants.filter(({ role }) => (role.resourceId === ORGANIZATION) === (project === undefined));
}

/** Each role once, with all of its sources. */
function shown(user: RecordOf<"user">, grants: readonly Grant[]): readonly AssignedRole[] {
  return [...Map.groupBy(grants, ({ role }) => role.id).values()].flatMap((same) => {
    const [first] = same;
    const sources = new Map(
      same.map(({ group }) => {
        const source = { principal_id: group?.id ?? user.id, principal_type: group ? "group" : "user" } as const;
        return [source.principal_id, source];
      }),
    );
    return first ? [toAssignedRole(first.role, [...sources.values()])] : [];
  });
}
