import * as z from "zod";
import { UpdateBillingCustomer } from "../billing/billing-customers.ts";
import { ErasedCounts, SubjectType } from "../erasure/erasure.ts";
import { UpdateOrganizationDataRetention, UpdateProjectDataRetention } from "../history/retention-bodies.ts";
import { UpdateSpendAlert } from "../notices/spend-alerts.ts";
import { KeepDays, UpdateProjectRetention } from "../retention/retention.ts";
import { UpdateLimits, UpdateModelPermissions, UpdateRateLimit } from "./limits.ts";

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

/** The payload of each type of audit event, in the shapes of OpenAI's audit log; `access.denied` and those of limits but for rates are types of Sluice's. */
export const AUDIT_PAYLOADS = {
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

export type AuditEventType = keyof typeof AUDIT_PAYLOADS;
export type AuditPayloads = { readonly [T in AuditEventType]: z.infer<(typeof AUDIT_PAYLOADS)[T]> };
