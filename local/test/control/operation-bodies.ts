import { gzipSync } from "node:zlib";
import { segmentName } from "../../../domain/usage/segment-names.ts";
import { usageEvent } from "../../../domain/usage/test/usage-events.ts";

/** A request of the day before the clock of the control API, whose event is in a file. */
const USED_HOUR = 1_789_909_200;
const USED = usageEvent({ endedAt: new Date(USED_HOUR * 1000).toISOString() });
/** The file with that event. */
export const SEGMENT = segmentName(USED_HOUR * 1000, "test", 1);
export const SEGMENT_CONTENT = gzipSync(`${JSON.stringify(USED)}\n`);

/** A body of each operation that takes one, for the objects of `OWN`. */
export const OPERATION_BODIES: Readonly<Record<string, unknown>> = {
  createProject: { name: "a" },
  updateProject: { name: "b" },
  createProjectUser: { user_id: "user-new", role: "member" },
  updateProjectUser: { role: "owner" },
  updateUser: { role: "owner" },
  createInvite: { email: "someone@example.com", role: "reader" },
  createAdminApiKey: { name: "job", scopes: ["admin_keys.write"] },
  createServiceAccount: { name: "job" },
  updateServiceAccount: { role: "owner" },
  createServiceAccountKey: {},
  createProjectApiKey: { name: "laptop" },
  rotateProjectApiKey: { overlap_seconds: 60 },
  updateProjectApiKey: { scopes: ["api.all.read"], expires_in_seconds: 600 },
  createGroup: { name: "team" },
  updateGroup: { name: "crew" },
  createGroupUser: { user_id: "user-new" },
  createProjectGroup: { group_id: "group_new", role: "member" },
  createRole: { role_name: "support", permissions: ["users.read"] },
  createProjectRole: { role_name: "support", permissions: ["api_keys.write"] },
  updateRole: { description: "helps" },
  updateProjectRole: { description: "helps" },
  createUserRole: { role_id: "role_new" },
  createGroupRole: { role_id: "role_new" },
  createProjectUserRole: { role_id: "role_new" },
  createProjectGroupRole: { role_id: "role_new" },
  grantCredit: { amount_nano_usd: 5 },
  createWebhook: { url: "https://hooks.example.com" },
  rotateWebhookSecret: {},
  updateBillingCustomer: { customer_id: "cus_2" },
  updateLimits: { limits: [{ metric: "requests", window: "minute", max: 60 }] },
  updateRateLimit: { max_requests_per_1_minute: 60 },
  updateSpendLimit: { currency: "USD", interval: "month", threshold_amount: 5000 },
  updateProjectSpendLimit: { currency: "USD", interval: "month", threshold_amount: 5000 },
  ...Object.fromEntries(
    ["createSpendAlert", "updateSpendAlert", "createProjectSpendAlert", "updateProjectSpendAlert"].map((id) => [
      id,
      {
        currency: "USD",
        interval: "month",
        threshold_amount: 5000,
        notification_channel: { type: "email", recipients: ["oncall@example.com"] },
      },
    ]),
  ),
  createUsageAdjustment: { request_id: USED.id, ended_at: USED_HOUR, reason: "a case of support" },
  createUsageRecount: { start_time: USED_HOUR, width: "1h" },
  createUsageBackfill: { segment: SEGMENT, content: SEGMENT_CONTENT.toString("base64") },
  updateDataRetention: { retention_type: "zero_data_retention" },
  updateProjectDataRetention: { retention_type: "none" },
  createHistoryAccess: { reason: "a support case", expires_in_seconds: 900 },
  updateProjectRetention: { responses: 7 },
  createErasure: { subject_id: "user-target" },
  createLegalHold: { subject_id: "user-target", reason: "a case in court" },
  updateModelPermissions: { mode: "deny_list", model_ids: ["chat"] },
};
