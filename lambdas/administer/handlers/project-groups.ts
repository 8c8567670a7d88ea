import type { ProjectGroup } from "../../../contracts/control/groups.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { endProjectGroupKeys } from "../../../domain/people/group-access.ts";
import { type Change, raiseVersion, removeRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { PROJECT_ROLES } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, nextPage, requireScopes } from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { assignmentPayload, assignments, findRole, newAssignment } from "../call/role-records.ts";
import { refuseArchived } from "./projects.ts";

/** A page may have fewer groups than its limit: a deleted group is no longer in the project. */
export const listProjectGroups: ControlHandler<"listProjectGroups"> = async ({ caller, query, records, store }) => {
  const { after, limit, order } = query;
  const within = [records.project_id.id];
  const range = { kind: "projectGroup", within, limit, isNewestFirst: order === "desc" } as const;
  const found = await store.list(caller.organizationId, { ...range, ...(after === undefined ? {} : { after }) });
  const groups = await Promise.all(
    found.records.map(async (link) => {
      const group = await store.get(caller.organizationId, { kind: "group", ids: [link.groupId] });
      return group ? [toProjectGroup(link, group)] : [];
    }),
  );
  return { body: nextPage(groups.flat(), found.hasMore ? found.records.at(-1)?.groupId : undefined) };
};

/** The group's users have the role in the project with their next request. */
export const createProjectGroup: ControlHandler<"createProjectGroup"> = async (call) => {
  const { caller, body, records, store, nowMs } = call;
  const { organizationId } = caller;
  const project = records.project_id;
  refuseArchived(project);
  const group = await store.get(organizationId, { kind: "group", ids: [body.group_id] });
  if (!group) throw notFound("group", body.group_id);
  const named = Object.values(PROJECT_ROLES).find(({ name }) => name === body.role);
  const role = named ?? (await findRole(store, organizationId, project.id, body.role));
  if (!role) throw notFound("role", body.role);
  const basis = requireScopes(call, role.scopes);
  if (await store.get(organizationId, { kind: "projectGroup", ids: [project.id, group.id] }))
    throw new ControlError(
      "invalid_request",
      `The group '${group.id}' is in the project already; give it roles there at /v1/projects/${project.id}/groups.`,
      { param: "group_id" },
    );
  const existing = await assignments(store, organizationId, project.id, group.id);
  const added = newAssignment(existing, role, { resourceId: project.id, principalId: group.id, nowMs });
  const ids = { version: 1, projectId: project.id, groupId: group.id } as const;
  const addedAt = unixSeconds(nowMs);
  const link: RecordOf<"projectGroup"> = { kind: "projectGroup", ...ids, addedAt, accessId: String(nowMs) };
  const changes: readonly Change[] = [
    { action: "create", record: link },
    { action: "create", record: { kind: "groupProject", ...ids } },
    ...added.changes,
    raiseVersion(group),
    requireUnchanged(project),
    ...basis,
  ];
  const event = auditEvent("role.assignment.created", assignmentPayload(added.record, "group"), project);
  return change(call, event, changes, { body: toProjectGroup(link, group), version: 1 });
};

export const retrieveProjectGroup: ControlHandler<"retrieveProjectGroup"> = async ({ records, projectGroup }) => {
  const group = records.group_id;
  if (!projectGroup) throw notFound("group", group.id);
  return { body: toProjectGroup(projectGroup, group), version: projectGroup.version };
};

/** The group's users lose all roles that they have in the project by the group, with their next request, and their keys by it. */
export const deleteProjectGroup: ControlHandler<"deleteProjectGroup"> = async (call) => {
  const { caller, records, projectGroup, store } = call;
  const { project_id: project, group_id: group } = records;
  if (!projectGroup) throw notFound("group", group.id);
  const assigned = await assignments(store, caller.organizationId, project.id, group.id);
  const changes: readonly Change[] = [
    removeRecord(projectGroup),
    endProjectGroupKeys(projectGroup, call.nowMs),
    removeRecord({ kind: "groupProject", version: 1, groupId: group.id, projectId: project.id }),
    ...assigned.map(({ record }) => removeRecord(record)),
    raiseVersion(group),
  ];
  const left = { principal_id: group.id, principal_type: "group", resource_id: project.id } as const;
  const payload = { id: `${project.id}:${group.id}`, ...left, resource_type: "api.project" };
  return change(call, auditEvent("role.assignment.deleted", payload, project), changes, {
    body: { object: "project.group.deleted", deleted: true },
  });
};

function toProjectGroup(
  { projectId, groupId, addedAt }: RecordOf<"projectGroup">,
  { name }: RecordOf<"group">,
): ProjectGroup {
  return {
    object: "project.group",
    project_id: projectId,
    group_id: groupId,
    group_name: name,
    group_type: "group",
    created_at: addedAt,
  };
}
