import * as z from "zod";
import { UpdateBillingCustomer } from "../billing/billing-customers.ts";
import { ErasedCounts, SubjectType } from "../erasure/erasure.ts";
import { UpdateOrganizationDataRetention, UpdateProjectDataRetention } from "../history/retention-bodies.ts";
import { UpdateSpendAlert } from "../notices/spend-alerts.ts";
import { queryInteger } from "../query/query-integer.ts";
import { KeepDays, UpdateProjectRetention } from "../retention/retention.ts";
import { UpdateLimits, UpdateModelPermissions, UpdateRateLimit } from "./limits.ts";
import { cursor, pageOf } from "./page.ts";

const idOnly = z.strictObject({ id: z.string() });
const roleOf = z.strictObject({ role: z.string() });
const groupName = z.strictObject({ group_name: z.string() });
/** `id` is the group's. */
const groupMember = z.strictObject({ id: z.string(), user_id: z.string() });
/** A request that was refused: OpenAI's payload of `login.failed`, and what identifies the request. */
const refused = z.strictObject({
  /** Of a key or policy that was sent, or of the resource that the request was about; `unknown` where it has none. */
  id: z.string(),
  error_code: z.string(),
  error_message: z.string(),
  /** Id of the operation, or method and path. */
  operation: z.string(),
  /** The rule that decided. */
  rule: z.string(),
  /** Client address. @default - it is unknown */
  ip_address: z.string().exactOptional(),
  request_id: z.string(),
  /** That the log has too, and a response 403 or 404. */
  decision_id: z.string(),
  /** Refusals that the event is for: 1, or those of a minute after the first ones; the other fields are the first one's. */
  count: z.int().positive(),
});
/** `resource_id` is `organization` or the id of a project. */
const resource = { resource_id: z.string(), resource_type: z.string() };
const roleCreated = z.strictObject({
  id: z.string(),
  role_name: z.string(),
  permissions: z.array(z.string()),
  ...resource,
});
const changedRole = z.strictObject({
  role_name: z.string().exactOptional(),
  description: z.string().exactOptional(),
  permissions_added: z.array(z.string()).exactOptional(),
  permissions_removed: z.array(z.string()).exactOptional(),
});
/** `id` names resource, user or group, and role, with colons between. */
const roleAssignment = z.strictObject({
  id: z.string(),
  principal_id: z.string(),
  principal_type: z.enum(["user", "group"]),
  ...resource,
});
/** `id` is the project's, or `organization`. */
const spendLimitChanged = z.strictObject({
  id: z.string(),
  changes_requested: z.strictObject({ threshold_amount: z.number(), currency: z.string(), interval: z.string() }),
});
const spendAlertChanged = z.strictObject({ id: z.string(), changes_requested: UpdateSpendAlert });
const Actor = z.strictObject({ id: z.string(), email: z.string() });

/** The payload of each type of audit event, in the shapes of OpenAI's audit log; `access.denied` and those of limits but for rates are types of Sluice's. */
const PAYLOADS = {
  "project.created": z.strictObject({ id: z.string(), data: z.strictObject({ name: z.string(), title: z.string() }) }),
  "project.updated": z.strictObject({ id: z.string(), changes_requested: z.strictObject({ title: z.string() }) }),
  "project.archived": idOnly,
  "user.added": z.strictObject({ id: z.string(), data: roleOf }),
  /** Without a role where an identity provider changed other attributes. */
  "user.updated": z.strictObject({
    id: z.string(),
    changes_requested: z.strictObject({ role: z.string().exactOptional() }),
  }),
  "user.deleted": idOnly,
  "invite.sent": z.strictObject({ id: z.string(), data: z.strictObject({ email: z.string(), role: z.string() }) }),
  "invite.deleted": idOnly,
  "invite.accepted": idOnly,
  "service_account.created": z.strictObject({ id: z.string(), data: roleOf }),
  "service_account.updated": z.strictObject({ id: z.string(), changes_requested: roleOf }),
  "service_account.deleted": idOnly,
  "api_key.created": z.strictObject({ id: z.string(), data: z.strictObject({ scopes: z.array(z.string()) }) }),
  "api_key.updated": z.strictObject({
    id: z.string(),
    changes_requested: z.strictObject({
      scopes: z.array(z.string()).exactOptional(),
      expires_in_seconds: z.number().exactOptional(),
      /** The secret was replaced; the one before works for so long. */
      overlap_seconds: z.number().exactOptional(),
    }),
  }),
  "api_key.deleted": idOnly,
  "group.created": z.strictObject({ id: z.string(), data: groupName }),
  "group.updated": z.strictObject({ id: z.string(), changes_requested: groupName }),
  "group.deleted": idOnly,
  "tenant.group.member.added": groupMember,
  "tenant.group.member.removed": groupMember,
  "login.failed": refused,
  "access.denied": refused,
  "role.created": roleCreated,
  "role.updated": z.strictObject({ id: z.string(), changes_requested: changedRole }),
  "role.deleted": idOnly,
  "role.assignment.created": roleAssignment,
  "role.assignment.deleted": roleAssignment,
  "rate_limit.updated": z.strictObject({ id: z.string(), changes_requested: UpdateRateLimit }),
  /** `id` is that of the limits object. */
  "limits.updated": z.strictObject({ id: z.string(), changes_requested: UpdateLimits }),
  "limits.deleted": idOnly,
  /** `id` is the project's. */
  "model_permissions.updated": z.strictObject({ id: z.string(), changes_requested: UpdateModelPermissions }),
  "model_permissions.deleted": idOnly,
  "spend_limit.updated": spendLimitChanged,
  "spend_limit.deleted": idOnly,
  /** `id` is the alert's. */
  "spend_alert.created": spendAlertChanged,
  "spend_alert.updated": spendAlertChanged,
  "spend_alert.deleted": idOnly,
  /** `id` is the webhook's. */
  "webhook.created": z.strictObject({
    id: z.string(),
    data: z.strictObject({ url: z.string(), events: z.array(z.string()).nullable() }),
  }),
  "webhook.secret_rotated": idOnly,
  "webhook.tested": idOnly,
  "webhook.deleted": idOnly,
  /** `id` is the delivery's. */
  "webhook.resent": idOnly,
  /** `id` is the project's. */
  "billing_customer.updated": z.strictObject({ id: z.string(), changes_requested: UpdateBillingCustomer }),
  "billing_customer.deleted": idOnly,
  /** `id` is the request's. */
  "usage.adjusted": z.strictObject({
    id: z.string(),
    reason: z.string(),
    number: z.int(),
    reduced_by: z.record(z.string(), z.int()),
  }),
  /** `id` is the width and the beginning of the sums that were corrected. */
  "usage.recounted": z.strictObject({
    id: z.string(),
    num_differences: z.int(),
    missing_charge_nano_usd: z.int(),
  }),
  /** `id` is the segment's. */
  "usage.backfilled": z.strictObject({ id: z.string(), num_events: z.int() }),
  /** `id` is the credit's. */
  "credit.granted": z.strictObject({
    id: z.string(),
    data: z.strictObject({ subject_id: z.string(), amount_nano_usd: z.number(), expires_at: z.number().nullable() }),
  }),
  "credit.revoked": idOnly,
  /** `id` is the subject's: `organization`, or the id of the project. */
  "credits.ended": idOnly,
  /** `id` is the project's, or `organization`. */
  "data_retention.updated": z.strictObject({
    id: z.string(),
    changes_requested: z.union([UpdateProjectDataRetention, UpdateOrganizationDataRetention]),
  }),
  /** `id` is the project's. */
  "retention.updated": z.strictObject({
    id: z.string(),
    changes_requested: UpdateProjectRetention,
    before: KeepDays,
    after: KeepDays,
  }),
  /** Somebody may read the content of others' history: `id` is the project's. */
  "history.access.granted": z.strictObject({ id: z.string(), reason: z.string(), expires_at: z.int() }),
  /** Somebody has read content of others: `id` is the chat's, or the project's where a list was read. */
  "history.read": z.strictObject({ id: z.string(), reason: z.string() }),
  /** `id` is the chat's. */
  "history.deleted": idOnly,
  /** `id` is the subject's: from then on its data key is not used. */
  "erasure.started": z.strictObject({ id: z.string(), subject_type: SubjectType, reason: z.string().exactOptional() }),
  "erasure.completed": z.strictObject({ id: z.string(), erased: ErasedCounts }),
  /** `id` is the subject's. */
  "legal_hold.placed": z.strictObject({ id: z.string(), reason: z.string() }),
  "legal_hold.released": z.strictObject({ id: z.string(), reason: z.string() }),
} as const;

export type AuditEventType = keyof typeof PAYLOADS;
export type AuditPayloads = { readonly [T in AuditEventType]: z.infer<(typeof PAYLOADS)[T]> };
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
  "project.created": PAYLOADS["project.created"].exactOptional(),
  "project.updated": PAYLOADS["project.updated"].exactOptional(),
  "project.archived": PAYLOADS["project.archived"].exactOptional(),
  "user.added": PAYLOADS["user.added"].exactOptional(),
  "user.updated": PAYLOADS["user.updated"].exactOptional(),
  "user.deleted": PAYLOADS["user.deleted"].exactOptional(),
  "invite.sent": PAYLOADS["invite.sent"].exactOptional(),
  "invite.deleted": PAYLOADS["invite.deleted"].exactOptional(),
  "invite.accepted": PAYLOADS["invite.accepted"].exactOptional(),
  "service_account.created": PAYLOADS["service_account.created"].exactOptional(),
  "service_account.updated": PAYLOADS["service_account.updated"].exactOptional(),
  "service_account.deleted": PAYLOADS["service_account.deleted"].exactOptional(),
  "api_key.created": PAYLOADS["api_key.created"].exactOptional(),
  "api_key.updated": PAYLOADS["api_key.updated"].exactOptional(),
  "api_key.deleted": PAYLOADS["api_key.deleted"].exactOptional(),
  "group.created": PAYLOADS["group.created"].exactOptional(),
  "group.updated": PAYLOADS["group.updated"].exactOptional(),
  "group.deleted": PAYLOADS["group.deleted"].exactOptional(),
  "tenant.group.member.added": PAYLOADS["tenant.group.member.added"].exactOptional(),
  "tenant.group.member.removed": PAYLOADS["tenant.group.member.removed"].exactOptional(),
  "login.failed": PAYLOADS["login.failed"].exactOptional(),
  "access.denied": PAYLOADS["access.denied"].exactOptional(),
  "role.created": PAYLOADS["role.created"].exactOptional(),
  "role.updated": PAYLOADS["role.updated"].exactOptional(),
  "role.deleted": PAYLOADS["role.deleted"].exactOptional(),
  "role.assignment.created": PAYLOADS["role.assignment.created"].exactOptional(),
  "role.assignment.deleted": PAYLOADS["role.assignment.deleted"].exactOptional(),
  "rate_limit.updated": PAYLOADS["rate_limit.updated"].exactOptional(),
  "limits.updated": PAYLOADS["limits.updated"].exactOptional(),
  "limits.deleted": PAYLOADS["limits.deleted"].exactOptional(),
  "model_permissions.updated": PAYLOADS["model_permissions.updated"].exactOptional(),
  "model_permissions.deleted": PAYLOADS["model_permissions.deleted"].exactOptional(),
  "spend_limit.updated": PAYLOADS["spend_limit.updated"].exactOptional(),
  "spend_limit.deleted": PAYLOADS["spend_limit.deleted"].exactOptional(),
  "spend_alert.created": PAYLOADS["spend_alert.created"].exactOptional(),
  "spend_alert.updated": PAYLOADS["spend_alert.updated"].exactOptional(),
  "spend_alert.deleted": PAYLOADS["spend_alert.deleted"].exactOptional(),
  "webhook.created": PAYLOADS["webhook.created"].exactOptional(),
  "webhook.secret_rotated": PAYLOADS["webhook.secret_rotated"].exactOptional(),
  "webhook.tested": PAYLOADS["webhook.tested"].exactOptional(),
  "webhook.deleted": PAYLOADS["webhook.deleted"].exactOptional(),
  "webhook.resent": PAYLOADS["webhook.resent"].exactOptional(),
  "billing_customer.updated": PAYLOADS["billing_customer.updated"].exactOptional(),
  "billing_customer.deleted": PAYLOADS["billing_customer.deleted"].exactOptional(),
  "usage.adjusted": PAYLOADS["usage.adjusted"].exactOptional(),
  "usage.recounted": PAYLOADS["usage.recounted"].exactOptional(),
  "usage.backfilled": PAYLOADS["usage.backfilled"].exactOptional(),
  "credit.granted": PAYLOADS["credit.granted"].exactOptional(),
  "credit.revoked": PAYLOADS["credit.revoked"].exactOptional(),
  "credits.ended": PAYLOADS["credits.ended"].exactOptional(),
  "data_retention.updated": PAYLOADS["data_retention.updated"].exactOptional(),
  "retention.updated": PAYLOADS["retention.updated"].exactOptional(),
  "history.access.granted": PAYLOADS["history.access.granted"].exactOptional(),
  "history.read": PAYLOADS["history.read"].exactOptional(),
  "history.deleted": PAYLOADS["history.deleted"].exactOptional(),
  "erasure.started": PAYLOADS["erasure.started"].exactOptional(),
  "erasure.completed": PAYLOADS["erasure.completed"].exactOptional(),
  "legal_hold.placed": PAYLOADS["legal_hold.placed"].exactOptional(),
  "legal_hold.released": PAYLOADS["legal_hold.released"].exactOptional(),
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
