import type { AdminApiKey } from "../../contracts/control/admin-keys.ts";
import type { AuditEvent } from "../../contracts/control/audit-events.ts";
import type { Invite, OrganizationUser } from "../../contracts/control/objects.ts";
import { listPage } from "./list-page.ts";

/** People of the scripted organisation. */
export interface ScriptedOrganization {
  /** Role of whoever calls: a reader is refused changes, admin keys and the audit log; `none` everything. */
  role: "owner" | "reader" | "none";
  /** Whether a role of one's own lets others than owners read the log. */
  readsLogs: boolean;
  /** Whether one lets others than owners operate the gateways. */
  operates: boolean;
  readonly users: OrganizationUser[];
  readonly invites: Invite[];
  readonly events: AuditEvent[];
  /** How many events one request looks at. @default - all */
  eventsAtOnce?: number;
  /** The newest first. */
  readonly adminKeys: AdminApiKey[];
}

const CREATED_AT = 1_790_000_000;

export function emptyOrganization(): ScriptedOrganization {
  return { role: "owner", readsLogs: false, operates: false, users: [], invites: [], events: [], adminKeys: [] };
}

/** A page of the audit log, whose request looks at some events alone. */
function eventsPage({ events, eventsAtOnce = events.length }: ScriptedOrganization, query: URLSearchParams) {
  const start = events.findIndex(({ id }) => id === query.get("after")) + 1;
  const read = events.slice(start, start + eventsAtOnce);
  const wanted = listPage(
    read.filter((event) => isWanted(event, query)),
    new URLSearchParams({ limit: query.get("limit") ?? "20" }),
  );
  const isCutOff = start + read.length < events.length && !wanted.has_more;
  return isCutOff ? { ...wanted, has_more: true, last_id: read.at(-1)?.id ?? null } : wanted;
}

/** What an administrator's call gets; `denied` where the role does not allow it, `undefined` for another path and an unknown id. */
export function respondWithOrganization(
  method: string,
  [subject, id]: readonly (string | undefined)[],
  body: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  organization: ScriptedOrganization,
): unknown {
  const { role, users, invites, adminKeys } = organization;
  if (!["users", "invites", "audit_logs", "admin_api_keys"].includes(subject ?? "")) return undefined;
  const isOwners = method !== "GET" || subject === "audit_logs" || subject === "admin_api_keys";
  if (role === "none" || (role === "reader" && isOwners)) return "denied";
  if (subject === "audit_logs") return eventsPage(organization, query);
  if (subject === "admin_api_keys") return respondWithAdminKeys(method, id, body, query, adminKeys);
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

function respondWithAdminKeys(
  method: string,
  id: string | undefined,
  body: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  adminKeys: AdminApiKey[],
): unknown {
  if (method === "GET") return listPage(adminKeys, query);
  if (method === "POST") {
    const key = scriptedAdminKey(String(body.name), (body.scopes ?? null) as AdminApiKey["scopes"]);
    adminKeys.unshift(key);
    return { ...key, value: `sk-admin-${key.id}-secret` };
  }
  adminKeys.splice(
    adminKeys.findIndex((key) => key.id === id),
    1,
  );
  return { object: "organization.admin_api_key.deleted", id, deleted: true };
}

let adminKeyNumber = 0;
export function scriptedAdminKey(name: string, scopes: AdminApiKey["scopes"]): AdminApiKey {
  const id = `key_${++adminKeyNumber}`;
  return {
    object: "organization.admin_api_key",
    id,
    name,
    redacted_value: `sk-admin-${id}...wxyz`,
    created_at: CREATED_AT,
    expires_at: null,
    last_used_at: null,
    scopes,
    owner: {
      type: "user",
      object: "organization.user",
      id: "user-ada",
      name: "ada@example.com",
      created_at: CREATED_AT,
      role: "owner",
    },
  };
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
