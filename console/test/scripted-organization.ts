import type { AuditEvent } from "../../contracts/control/audit-events.ts";
import type { Invite, OrganizationUser } from "../../contracts/control/objects.ts";
import { listPage } from "./list-page.ts";

/** People of the scripted organisation. */
export interface ScriptedOrganization {
  /** Role of whoever calls: a reader is refused changes, admin keys and the audit log; `none` everything. */
  role: "owner" | "reader" | "none";
  readonly users: OrganizationUser[];
  readonly invites: Invite[];
  readonly events: AuditEvent[];
}

const CREATED_AT = 1_790_000_000;

export function emptyOrganization(): ScriptedOrganization {
  return { role: "owner", users: [], invites: [], events: [] };
}

/** What an administrator's call gets; `denied` where the role does not allow it, `undefined` for another path and an unknown id. */
export function respondWithOrganization(
  method: string,
  [subject, id]: readonly (string | undefined)[],
  body: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  organization: ScriptedOrganization,
): unknown {
  const { role, users, invites, events } = organization;
  if (!["users", "invites", "audit_logs", "admin_api_keys"].includes(subject ?? "")) return undefined;
  const isOwners = method !== "GET" || subject === "audit_logs" || subject === "admin_api_keys";
  if (role === "none" || (role === "reader" && isOwners)) return "denied";
  if (subject === "audit_logs")
    return listPage(
      events.filter((event) => isWanted(event, query)),
      query,
    );
  if (subject === "admin_api_keys") return listPage([], query);
  if (subject === "users") {
    if (id === undefined) return listPage(users, query);
    const index = users.findIndex((user) => user.id === id);
    const user = users[index];
    if (user === undefined) return undefined;
    if (method === "GET") return user;
    if (method === "POST") return Object.assign(user, body);
    users.splice(index, 1);
    return { object: "organization.user.deleted", id, deleted: true };
  }
  if (method === "GET") return listPage(invites, query);
  if (method === "POST") {
    const invite = scriptedInvite(String(body.email), `invite_${invites.length + 1}`);
    invites.unshift(invite);
    return invite;
  }
  invites.splice(
    invites.findIndex((invite) => invite.id === id),
    1,
  );
  return { object: "organization.invite.deleted", id, deleted: true };
}

function isWanted(event: AuditEvent, query: URLSearchParams): boolean {
  const types = query.getAll("event_types[]");
  const resources = query.getAll("resource_ids[]");
  const isType = types.length === 0 || types.includes(event.type);
  return isType && (resources.length === 0 || resources.includes(event[event.type]?.id ?? ""));
}

export function scriptedUser(id: string, email: string, role: OrganizationUser["role"] = "reader"): OrganizationUser {
  return { object: "organization.user", id, name: null, email, role, added_at: CREATED_AT };
}

export function scriptedInvite(email: string, id: string): Invite {
  return {
    object: "organization.invite",
    id,
    email,
    role: "reader",
    status: "pending",
    created_at: CREATED_AT,
    expires_at: CREATED_AT + 604_800,
    accepted_at: null,
    projects: [],
  };
}

/** A refusal or a new project. @param number of the event, in its id */
export function scriptedEvent(
  number: number,
  type: "access.denied" | "project.created",
): AuditEvent & { seal: "sealed" } {
  const id = `proj_${number}`;
  return {
    id: `audit_log-${number}`,
    type,
    effective_at: CREATED_AT + number,
    actor: { type: "session", session: { user: { id: "user-ada", email: "ada@example.com" } } },
    ...(type === "project.created"
      ? { "project.created": { id, data: { name: "search", title: "search" } } }
      : {
          "access.denied": {
            id,
            error_code: "permission_denied",
            error_message: "denied",
            operation: "createProject",
            rule: "no-role",
            request_id: "req_1",
            decision_id: "dec_1",
            count: 1,
          },
        }),
    seal: "sealed",
  };
}
