import type { ProjectUser } from "../../../contracts/control/objects.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { removeRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { PROJECT_ROLES } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, page, requireScopes } from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { revokedKeysOfProject } from "../call/person-keys.ts";
import { assignments } from "../call/role-records.ts";
import type { ControlStore } from "../store/control-store.ts";
import { refuseArchived } from "./projects.ts";

/** A page may have fewer users than its limit: a user who left the organisation is no longer in it. */
export const listProjectUsers: ControlHandler<"listProjectUsers"> = async ({ caller, query, records, store }) => {
  const { after, limit } = query;
  const found = await store.list(caller.organizationId, {
    kind: "membership",
    within: [records.project_id.id],
    limit,
    ...(after === undefined ? {} : { after }),
  });
  const users = await Promise.all(
    found.records.map(async (membership) => {
      const user = await store.get(caller.organizationId, { kind: "user", ids: [membership.userId] });
      return user ? [toProjectUser(membership, user)] : [];
    }),
  );
  const data = users.flat();
  return {
    body: {
      ...page(data, found.hasMore),
      first_id: found.records[0]?.userId ?? null,
      last_id: found.records.at(-1)?.userId ?? null,
    },
  };
};

export const createProjectUser: ControlHandler<"createProjectUser"> = async (call) => {
  const { caller, body, records, store, nowMs } = call;
  const project = records.project_id;
  refuseArchived(project);
  const user = await userOf(store, caller.organizationId, body);
  const key = { kind: "membership", ids: [project.id, user.id] } as const;
  if (await store.get(caller.organizationId, key))
    throw new ControlError(
      "invalid_request",
      `The user '${user.id}' is in the project already; change the role there.`,
    );
  const record: RecordOf<"membership"> = {
    kind: "membership",
    version: 1,
    projectId: project.id,
    userId: user.id,
    role: body.role,
    addedAt: unixSeconds(nowMs),
  };
  // The project and the user must still be there; the caller may add themselves.
  const basis = requireScopes(call, PROJECT_ROLES[body.role].scopes);
  const requirements = [requireUnchanged(project), requireUnchanged(user), ...basis];
  const event = auditEvent("user.added", { id: user.id, data: { role: body.role } }, project);
  return change(call, event, [{ action: "create", record }, ...requirements], {
    body: toProjectUser(record, user),
    version: 1,
  });
};

export const retrieveProjectUser: ControlHandler<"retrieveProjectUser"> = async ({ records, membership }) => {
  if (!membership) throw notFound("user", records.user_id.id);
  return { body: toProjectUser(membership, records.user_id), version: membership.version };
};

export const updateProjectUser: ControlHandler<"updateProjectUser"> = async (call) => {
  const { records, membership, body } = call;
  if (!membership) throw notFound("user", records.user_id.id);
  refuseArchived(records.project_id);
  const basis = requireScopes(call, PROJECT_ROLES[body.role].scopes);
  const record = { ...membership, role: body.role, version: membership.version + 1 };
  const payload = { id: records.user_id.id, changes_requested: { role: body.role } };
  return change(
    call,
    auditEvent("user.updated", payload, records.project_id),
    [{ action: "replace", record, version: membership.version }, ...basis],
    { body: toProjectUser(record, records.user_id), version: record.version },
  );
};

/** The user loses all roles in the project, but for those by groups. */
export const deleteProjectUser: ControlHandler<"deleteProjectUser"> = async (call) => {
  const { caller, records, membership, store } = call;
  if (!membership) throw notFound("user", records.user_id.id);
  const { projectId, userId } = membership;
  const assigned = await assignments(store, caller.organizationId, projectId, userId);
  return change(
    call,
    auditEvent("user.deleted", { id: userId }, records.project_id),
    [
      removeRecord(membership),
      ...assigned.map(({ record }) => removeRecord(record)),
      ...(await revokedKeysOfProject(call, userId, projectId)),
    ],
    { body: { object: "organization.project.user.deleted", id: userId, deleted: true } },
  );
};

async function userOf(
  store: ControlStore,
  organizationId: string,
  body: { readonly user_id?: string | undefined; readonly email?: string | undefined },
): Promise<RecordOf<"user">> {
  const email = body.email?.toLowerCase();
  const owner = email === undefined ? undefined : await store.get(organizationId, { kind: "email", ids: [email] });
  const id = body.user_id ?? owner?.ownerId ?? "";
  const user = await store.get(organizationId, { kind: "user", ids: [id] });
  if (!user) throw notFound("user", body.user_id ?? body.email ?? "");
  return user;
}

function toProjectUser({ role, addedAt }: RecordOf<"membership">, { id, name, email }: RecordOf<"user">): ProjectUser {
  return { object: "organization.project.user", id, name: name ?? null, email, role, added_at: addedAt };
}
