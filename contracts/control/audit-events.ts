import * as z from "zod";
import { queryInteger } from "../query/query-integer.ts";
import { AUDIT_PAYLOADS, type AuditEventType } from "./audit-payloads.ts";
import { cursor, pageOf } from "./page.ts";

const Actor = z.strictObject({ id: z.string(), email: z.string() });

export const AUDIT_EVENT_TYPES = [
  "project.created",
  "project.updated",
  "project.archived",
  "user.added",
  "user.updated",
  "user.deleted",
  "invite.sent",
  "invite.deleted",
  "invite.accepted",
  "service_account.created",
  "service_account.updated",
  "service_account.deleted",
  "api_key.created",
  "api_key.updated",
  "api_key.deleted",
  "group.created",
  "group.updated",
  "group.deleted",
  "tenant.group.member.added",
  "tenant.group.member.removed",
  "login.failed",
  "access.denied",
  "role.created",
  "role.updated",
  "role.deleted",
  "role.assignment.created",
  "role.assignment.deleted",
  "rate_limit.updated",
  "limits.updated",
  "limits.deleted",
  "model_permissions.updated",
  "model_permissions.deleted",
  "spend_limit.updated",
  "spend_limit.deleted",
  "spend_alert.created",
  "spend_alert.updated",
  "spend_alert.deleted",
  "webhook.created",
  "webhook.secret_rotated",
  "webhook.tested",
  "webhook.deleted",
  "webhook.resent",
  "billing_customer.updated",
  "billing_customer.deleted",
  "usage.adjusted",
  "usage.recounted",
  "usage.backfilled",
  "credit.granted",
  "credit.revoked",
  "credits.ended",
  "data_retention.updated",
  "retention.updated",
  "history.access.granted",
  "history.read",
  "history.deleted",
  "erasure.started",
  "erasure.completed",
  "legal_hold.placed",
  "legal_hold.released",
] as const satisfies readonly AuditEventType[];

/** One administrative change, or refusals. The payload is the field with the type's name. */
export const AuditEvent = z.strictObject({
  id: z.string(),
  type: z.enum(AUDIT_EVENT_TYPES),
  /** Whole seconds since 1970. */
  effective_at: z.int(),
  /** The project that was changed. @default - the change is the organisation's */
  project: z.strictObject({ id: z.string(), name: z.string() }).exactOptional(),
  /** `session`: a person who signed in; the owner of the AWS account, by the command line, in the name of the user that it is about; or someone unknown, whose id is `unknown`. */
  actor: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("api_key"),
      api_key: z.strictObject({ id: z.string(), type: z.literal("user"), user: Actor }),
    }),
    z.strictObject({ type: z.literal("session"), session: z.strictObject({ user: Actor }) }),
  ]),
  "project.created": AUDIT_PAYLOADS["project.created"].exactOptional(),
  "project.updated": AUDIT_PAYLOADS["project.updated"].exactOptional(),
  "project.archived": AUDIT_PAYLOADS["project.archived"].exactOptional(),
  "user.added": AUDIT_PAYLOADS["user.added"].exactOptional(),
  "user.updated": AUDIT_PAYLOADS["user.updated"].exactOptional(),
  "user.deleted": AUDIT_PAYLOADS["user.deleted"].exactOptional(),
  "invite.sent": AUDIT_PAYLOADS["invite.sent"].exactOptional(),
  "invite.deleted": AUDIT_PAYLOADS["invite.deleted"].exactOptional(),
  "invite.accepted": AUDIT_PAYLOADS["invite.accepted"].exactOptional(),
  "service_account.created": AUDIT_PAYLOADS["service_account.created"].exactOptional(),
  "service_account.updated": AUDIT_PAYLOADS["service_account.updated"].exactOptional(),
  "service_account.deleted": AUDIT_PAYLOADS["service_account.deleted"].exactOptional(),
  "api_key.created": AUDIT_PAYLOADS["api_key.created"].exactOptional(),
  "api_key.updated": AUDIT_PAYLOADS["api_key.updated"].exactOptional(),
  "api_key.deleted": AUDIT_PAYLOADS["api_key.deleted"].exactOptional(),
  "group.created": AUDIT_PAYLOADS["group.created"].exactOptional(),
  "group.updated": AUDIT_PAYLOADS["group.updated"].exactOptional(),
  "group.deleted": AUDIT_PAYLOADS["group.deleted"].exactOptional(),
  "tenant.group.member.added": AUDIT_PAYLOADS["tenant.group.member.added"].exactOptional(),
  "tenant.group.member.removed": AUDIT_PAYLOADS["tenant.group.member.removed"].exactOptional(),
  "login.failed": AUDIT_PAYLOADS["login.failed"].exactOptional(),
  "access.denied": AUDIT_PAYLOADS["access.denied"].exactOptional(),
  "role.created": AUDIT_PAYLOADS["role.created"].exactOptional(),
  "role.updated": AUDIT_PAYLOADS["role.updated"].exactOptional(),
  "role.deleted": AUDIT_PAYLOADS["role.deleted"].exactOptional(),
  "role.assignment.created": AUDIT_PAYLOADS["role.assignment.created"].exactOptional(),
  "role.assignment.deleted": AUDIT_PAYLOADS["role.assignment.deleted"].exactOptional(),
  "rate_limit.updated": AUDIT_PAYLOADS["rate_limit.updated"].exactOptional(),
  "limits.updated": AUDIT_PAYLOADS["limits.updated"].exactOptional(),
  "limits.deleted": AUDIT_PAYLOADS["limits.deleted"].exactOptional(),
  "model_permissions.updated": AUDIT_PAYLOADS["model_permissions.updated"].exactOptional(),
  "model_permissions.deleted": AUDIT_PAYLOADS["model_permissions.deleted"].exactOptional(),
  "spend_limit.updated": AUDIT_PAYLOADS["spend_limit.updated"].exactOptional(),
  "spend_limit.deleted": AUDIT_PAYLOADS["spend_limit.deleted"].exactOptional(),
  "spend_alert.created": AUDIT_PAYLOADS["spend_alert.created"].exactOptional(),
  "spend_alert.updated": AUDIT_PAYLOADS["spend_alert.updated"].exactOptional(),
  "spend_alert.deleted": AUDIT_PAYLOADS["spend_alert.deleted"].exactOptional(),
  "webhook.created": AUDIT_PAYLOADS["webhook.created"].exactOptional(),
  "webhook.secret_rotated": AUDIT_PAYLOADS["webhook.secret_rotated"].exactOptional(),
  "webhook.tested": AUDIT_PAYLOADS["webhook.tested"].exactOptional(),
  "webhook.deleted": AUDIT_PAYLOADS["webhook.deleted"].exactOptional(),
  "webhook.resent": AUDIT_PAYLOADS["webhook.resent"].exactOptional(),
  "billing_customer.updated": AUDIT_PAYLOADS["billing_customer.updated"].exactOptional(),
  "billing_customer.deleted": AUDIT_PAYLOADS["billing_customer.deleted"].exactOptional(),
  "usage.adjusted": AUDIT_PAYLOADS["usage.adjusted"].exactOptional(),
  "usage.recounted": AUDIT_PAYLOADS["usage.recounted"].exactOptional(),
  "usage.backfilled": AUDIT_PAYLOADS["usage.backfilled"].exactOptional(),
  "credit.granted": AUDIT_PAYLOADS["credit.granted"].exactOptional(),
  "credit.revoked": AUDIT_PAYLOADS["credit.revoked"].exactOptional(),
  "credits.ended": AUDIT_PAYLOADS["credits.ended"].exactOptional(),
  "data_retention.updated": AUDIT_PAYLOADS["data_retention.updated"].exactOptional(),
  "retention.updated": AUDIT_PAYLOADS["retention.updated"].exactOptional(),
  "history.access.granted": AUDIT_PAYLOADS["history.access.granted"].exactOptional(),
  "history.read": AUDIT_PAYLOADS["history.read"].exactOptional(),
  "history.deleted": AUDIT_PAYLOADS["history.deleted"].exactOptional(),
  "erasure.started": AUDIT_PAYLOADS["erasure.started"].exactOptional(),
  "erasure.completed": AUDIT_PAYLOADS["erasure.completed"].exactOptional(),
  "legal_hold.placed": AUDIT_PAYLOADS["legal_hold.placed"].exactOptional(),
  "legal_hold.released": AUDIT_PAYLOADS["legal_hold.released"].exactOptional(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/**
 * An event as it is stored. A newer release beside this one may write types, actors and values that this one does not know:
 * they are listed as they are, since an audit log without them would be wrong.
 */
export const StoredAuditEvent = z.looseObject({
  id: z.string(),
  type: z.string(),
  effective_at: z.int(),
  project: z.looseObject({ id: z.string() }).optional(),
});
export type StoredAuditEvent = z.infer<typeof StoredAuditEvent>;

/**
 * Where an event is in the audit trail: `sealed` in it, `waiting` for the sealer's next run, or `none`: from a release
 * before the sealer, so in the table alone.
 */
export const AuditSeal = z.enum(["sealed", "waiting", "none"]);

/** Newest events first. */
export const AuditEventPage = pageOf(AuditEvent.extend({ seal: AuditSeal }));

/** Lists come as `name[]=a&name[]=b`; bounds of time as `effective_at[gte]=…`, in seconds. */
export const ListAuditEventsQuery = z.strictObject({
  ...cursor,
  "effective_at[gt]": queryInteger(z.int()).optional(),
  "effective_at[gte]": queryInteger(z.int()).optional(),
  "effective_at[lt]": queryInteger(z.int()).optional(),
  "effective_at[lte]": queryInteger(z.int()).optional(),
  "project_ids[]": z.array(z.string()).optional(),
  "event_types[]": z.array(z.enum(AUDIT_EVENT_TYPES)).optional(),
  "actor_ids[]": z.array(z.string()).optional(),
  "actor_emails[]": z.array(z.string()).optional(),
  "resource_ids[]": z.array(z.string()).optional(),
});
export type ListAuditEventsQuery = z.infer<typeof ListAuditEventsQuery>;
