import { isIP } from "node:net";
import type { AuditEventType, AuditPayloads } from "../../../contracts/control/audit-payloads.ts";
import type { OcsfActivity, OcsfClassId, OcsfDetails, OcsfUser } from "./ocsf-record.ts";

/** What an audit event is in OCSF: the class, the activity, and the fields of the class. */
export interface OcsfMapping {
  readonly class: OcsfClassId;
  /** One of the class. */
  readonly activity: string;
  readonly details: OcsfDetails;
  /** Whether it is a refusal. @default false */
  readonly isFailure?: boolean;
  /** Whether content of others is made readable, or ends. @default false */
  readonly isSensitive?: boolean;
  /** Id of the request. @default - it is not stored */
  readonly requestId?: string;
}

/** @param actor user that caused the event */
type MapPayload<T extends AuditEventType> = (payload: AuditPayloads[T], actor: OcsfUser) => OcsfMapping;

const CONTROL_API = { name: "control-api" };

/** The mapping of each type of audit event: a type without one does not compile. */
export const EVENT_MAPPINGS: { readonly [T in AuditEventType]: MapPayload<T> } = {
  "project.created": ({ id, data }) => entity("Create", "project", id, data.title),
  "project.updated": ({ id, changes_requested }) => entity("Update", "project", id, changes_requested.title),
  "project.archived": ({ id }) => entity("Delete", "project", id),
  "user.added": ({ id }) => account("Create", person(id)),
  "user.updated": ({ id }) => account("Other", person(id)),
  "user.deleted": ({ id }) => account("Delete", person(id)),
  "invite.sent": ({ id, data }) => entity("Create", "invite", id, data.email),
  "invite.deleted": ({ id }) => entity("Delete", "invite", id),
  "invite.accepted": ({ id }) => entity("Update", "invite", id),
  "service_account.created": ({ id }) => account("Create", service(id)),
  "service_account.updated": ({ id }) => account("Other", service(id)),
  "service_account.deleted": ({ id }) => account("Delete", service(id)),
  "api_key.created": ({ id }) => entity("Create", "api_key", id),
  "api_key.updated": ({ id }) => entity("Update", "api_key", id),
  "api_key.deleted": ({ id }) => entity("Delete", "api_key", id),
  "group.created": ({ id, data }) => group("Create", { uid: id, name: data.group_name }),
  "group.updated": ({ id, changes_requested }) => group("Other", { uid: id, name: changes_requested.group_name }),
  "group.deleted": ({ id }) => group("Delete", { uid: id }),
  "tenant.group.member.added": ({ id, user_id }) => group("Add User", { uid: id }, { user: person(user_id) }),
  "tenant.group.member.removed": ({ id, user_id }) => group("Remove User", { uid: id }, { user: person(user_id) }),
  "login.failed": (payload, actor) => ({
    class: "authentication",
    activity: "Logon",
    details: {
      user: actor.uid === "unknown" ? { ...actor, credential_uid: payload.id } : actor,
      service: CONTROL_API,
      src_endpoint: endpoint(payload.ip_address),
      ...refusal(payload),
    },
    isFailure: true,
    requestId: payload.request_id,
  }),
  "access.denied": (payload) => ({
    class: "apiActivity",
    activity: activityOf(payload.operation),
    details: {
      api: {
        operation: payload.operation,
        service: CONTROL_API,
        request: { uid: payload.request_id },
        response: { error: payload.error_code, error_message: payload.error_message },
      },
      src_endpoint: endpoint(payload.ip_address),
      ...refusal(payload),
    },
    isFailure: true,
    requestId: payload.request_id,
  }),
  "role.created": ({ id, role_name }) => entity("Create", "role", id, role_name),
  "role.updated": ({ id, changes_requested }) => entity("Update", "role", id, changes_requested.role_name),
  "role.deleted": ({ id }) => entity("Delete", "role", id),
  "role.assignment.created": (payload) => privileges("Assign Privileges", payload),
  "role.assignment.deleted": (payload) => privileges("Revoke Privileges", payload),
  "rate_limit.updated": ({ id }) => entity("Update", "rate_limit", id),
  "limits.updated": ({ id }) => entity("Update", "limits", id),
  "limits.deleted": ({ id }) => entity("Delete", "limits", id),
  "model_permissions.updated": ({ id }) => entity("Update", "model_permissions", id),
  "model_permissions.deleted": ({ id }) => entity("Delete", "model_permissions", id),
  "spend_limit.updated": ({ id }) => entity("Update", "spend_limit", id),
  "spend_limit.deleted": ({ id }) => entity("Delete", "spend_limit", id),
  "spend_alert.created": ({ id }) => entity("Create", "spend_alert", id),
  "spend_alert.updated": ({ id }) => entity("Update", "spend_alert", id),
  "spend_alert.deleted": ({ id }) => entity("Delete", "spend_alert", id),
  "webhook.created": ({ id }) => entity("Create", "webhook", id),
  "webhook.secret_rotated": ({ id }) => entity("Update", "webhook", id),
  "webhook.tested": ({ id }) => entity("Other", "webhook", id),
  "webhook.deleted": ({ id }) => entity("Delete", "webhook", id),
  "webhook.resent": ({ id }) => entity("Other", "webhook_delivery", id),
  "billing_customer.updated": ({ id }) => entity("Update", "billing_customer", id),
  "billing_customer.deleted": ({ id }) => entity("Delete", "billing_customer", id),
  "usage.adjusted": ({ id }) => entity("Update", "usage", id),
  "usage.recounted": ({ id }) => entity("Update", "usage_sums", id),
  "usage.backfilled": ({ id }) => entity("Create", "usage_segment", id),
  "credit.granted": ({ id }) => entity("Create", "credit", id),
  "credit.revoked": ({ id }) => entity("Delete", "credit", id),
  "credits.ended": ({ id }) => entity("Delete", "credits", id),
  "data_retention.updated": ({ id }) => entity("Update", "data_retention", id),
  "retention.updated": ({ id }) => entity("Update", "retention", id),
  "history.access.granted": ({ id }) => sensitive(entity("Create", "history_access", id)),
  "history.read": ({ id }) => sensitive(entity("Read", "history", id)),
  "history.deleted": ({ id }) => entity("Delete", "history", id),
  "erasure.started": ({ id, subject_type }) => sensitive(entity("Other", subject_type, id)),
  "erasure.completed": ({ id }) => sensitive(entity("Delete", "erasure", id)),
  "legal_hold.placed": ({ id }) => entity("Create", "legal_hold", id),
  "legal_hold.released": ({ id }) => entity("Delete", "legal_hold", id),
};

/** What an event of a newer release is, whose type this one does not know. */
export function unknownMapping(type: string, id: string): OcsfMapping {
  return entity("Other", type, id);
}

function entity(activity: OcsfActivity<"entityManagement">, type: string, uid: string, name?: string): OcsfMapping {
  return {
    class: "entityManagement",
    activity,
    details: { entity: { uid, ...(name === undefined ? {} : { name }), type } },
  };
}

function account(activity: OcsfActivity<"accountChange">, user: OcsfUser): OcsfMapping {
  return { class: "accountChange", activity, details: { user } };
}

function group(
  activity: OcsfActivity<"groupManagement">,
  changed: NonNullable<OcsfDetails["group"]>,
  details: OcsfDetails = {},
): OcsfMapping {
  return { class: "groupManagement", activity, details: { group: changed, ...details } };
}

function privileges(
  activity: OcsfActivity<"userAccess">,
  { id, principal_id, principal_type }: AuditPayloads["role.assignment.created"],
): OcsfMapping {
  // Resource, user or group, and role, with colons between.
  const role = id.slice(id.lastIndexOf(":") + 1);
  if (principal_type === "group") return group(activity, { uid: principal_id }, { privileges: [role] });
  return { class: "userAccess", activity, details: { user: person(principal_id), privileges: [role] } };
}

function sensitive(mapping: OcsfMapping): OcsfMapping {
  return { ...mapping, isSensitive: true };
}

function refusal({ error_code, error_message, count }: AuditPayloads["login.failed"]): OcsfDetails {
  return { status_code: error_code, status_detail: error_message, count };
}

function endpoint(address: string | undefined): NonNullable<OcsfDetails["src_endpoint"]> {
  return address !== undefined && isIP(address) !== 0 ? { ip: address } : { name: address ?? "unknown" };
}

/** @param operation id such as `listProjects`, or method and path */
function activityOf(operation: string): OcsfActivity<"apiActivity"> {
  if (/^(GET|HEAD|get|list|retrieve|read|export|search)/.test(operation)) return "Read";
  if (/^(DELETE|delete|remove|revoke|archive)/.test(operation)) return "Delete";
  if (/^(create|add|invite|grant|place)/.test(operation)) return "Create";
  if (/^(PATCH|PUT|update|modify|set|change|rotate)/.test(operation)) return "Update";
  return "Other";
}

function person(uid: string): OcsfUser {
  return { uid, type_id: 1 };
}

function service(uid: string): OcsfUser {
  return { uid, type_id: 4 };
}
