import type { Invite } from "../../../contracts/control/objects.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { ORGANIZATION_ROLES, PROJECT_ROLES } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change, page, requireScopes } from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { refuseArchived } from "./projects.ts";

const INVITE_SECONDS = 7 * 86_400;

export const listInvites: ControlHandler<"listInvites"> = async ({ caller, query, store, nowMs }) => {
  const { after, limit } = query;
  const range = { kind: "invite", limit, ...(after === undefined ? {} : { after }) } as const;
  const found = await store.list(caller.organizationId, range);
  return {
    body: page(
      found.records.map((record) => toInvite(record, nowMs)),
      found.hasMore,
    ),
  };
};

export const createInvite: ControlHandler<"createInvite"> = async (call) => {
  const { caller, body, store, nowMs } = call;
  const email = body.email.toLowerCase();
  const projects = body.projects ?? [];
  const roles = [ORGANIZATION_ROLES[body.role], ...projects.map(({ role }) => PROJECT_ROLES[role])];
  const basis = requireScopes(call, new Set(roles.flatMap(({ scopes }) => [...scopes])));
  for (const { id } of projects) {
    const project = await store.get(caller.organizationId, { kind: "project", ids: [id] });
    if (!project) throw notFound("project", id);
    refuseArchived(project);
  }
  if (await store.get(caller.organizationId, { kind: "email", ids: [email] }))
    throw new ControlError(
      "invalid_request",
      `${email} is a member or has an invitation already; delete that invitation to send another.`,
      { param: "email" },
    );
  const record: RecordOf<"invite"> = {
    kind: "invite",
    version: 1,
    id: newId("invite", nowMs),
    email,
    role: body.role,
    projects,
    createdAt: unixSeconds(nowMs),
    expiresAt: unixSeconds(nowMs) + INVITE_SECONDS,
  };
  return change(
    call,
    auditEvent("invite.sent", { id: record.id, data: { email, role: body.role } }),
    [
      { action: "create", record },
      { action: "create", record: { kind: "email", version: 1, email, ownerId: record.id } },
      ...basis,
    ],
    { body: toInvite(record, nowMs), version: 1 },
  );
};

export const retrieveInvite: ControlHandler<"retrieveInvite"> = async ({ records, nowMs }) => ({
  body: toInvite(records.invite_id, nowMs),
  version: records.invite_id.version,
});

export const deleteInvite: ControlHandler<"deleteInvite"> = async (call) => {
  const { id, email, version, acceptedAt } = call.records.invite_id;
  if (acceptedAt !== undefined)
    throw new ControlError("invalid_request", "The invitation was accepted; remove the user instead.");
  const owner = await call.store.get(call.caller.organizationId, { kind: "email", ids: [email] });
  return change(
    call,
    auditEvent("invite.deleted", { id }),
    [
      { action: "remove", key: { kind: "invite", ids: [id] }, version },
      ...(owner?.ownerId === id
        ? [{ action: "remove", key: { kind: "email", ids: [email] }, version: owner.version } as const]
        : []),
    ],
    { body: { object: "organization.invite.deleted", id, deleted: true } },
  );
};

function toInvite(record: RecordOf<"invite">, nowMs: number): Invite {
  const { id, email, role, projects, createdAt, expiresAt, acceptedAt } = record;
  const isExpired = expiresAt <= unixSeconds(nowMs);
  return {
    object: "organization.invite",
    id,
    email,
    role,
    status: acceptedAt !== undefined ? "accepted" : isExpired ? "expired" : "pending",
    created_at: createdAt,
    expires_at: expiresAt,
    accepted_at: acceptedAt ?? null,
    projects: [...projects],
  };
}
