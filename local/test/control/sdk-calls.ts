import { gzipSync } from "node:zlib";
import type OpenAI from "openai";
import * as z from "zod";
import type { ControlOperationId } from "../../../contracts/control/operations/operations.ts";
import { segmentName } from "../../../domain/usage/segment-names.ts";
import { usageEvent } from "../../../domain/usage/test/usage-events.ts";

type Organization = OpenAI["admin"]["organization"];

/** Ids of what the calls before have made. */
export interface MadeIds {
  project: string;
  user: string;
  invite: string;
  adminKey: string;
  account: string;
  key: string;
  group: string;
  role: string;
  projectRole: string;
  credit: string;
  webhook: string;
  delivery: string;
  alert: string;
  projectAlert: string;
  chat: string;
}
const CreditId = z.object({ id: z.string() });
/** `own` sends a request of an operation that the SDK has no method for. */
export type SdkCall = (organization: Organization, made: MadeIds, own: OwnCall) => PromiseLike<unknown>;
export type OwnCall = (method: "get" | "post" | "delete", path: string, body?: unknown) => PromiseLike<unknown>;

const SPEND_LIMIT = { currency: "USD", interval: "month", threshold_amount: 5000 } as const;
const SPEND_ALERT = {
  ...SPEND_LIMIT,
  notification_channel: { type: "email" as const, recipients: ["oncall@example.com"] },
};
/** Two days before the clock of the control server. */
const DAY = 1_789_800_000;

/** A request of that hour, and the segment that has its event. */
const USED_HOUR = DAY - (DAY % 3600);
const USED = usageEvent({ endedAt: new Date((USED_HOUR + 60) * 1000).toISOString() });
const SEGMENT = segmentName(USED_HOUR * 1000, "test", 1);
const SEGMENT_CONTENT = gzipSync(`${JSON.stringify(USED)}\n`).toString("base64");

/** A call of the SDK for each operation, in an order in which they all succeed; an operation without one does not compile. */
export const SDK_CALLS: Readonly<Record<ControlOperationId, SdkCall>> = {
  createProject: async ({ projects }, made) => {
    made.project = (await projects.create({ name: "search" })).id;
  },
  listProjects: ({ projects }) => projects.list({ limit: 1, include_archived: true }),
  retrieveProject: ({ projects }, { project }) => projects.retrieve(project),
  updateProject: ({ projects }, { project }) => projects.update(project, { name: "find" }),
  createProjectUser: ({ projects }, { project, user }) =>
    projects.users.create(project, { user_id: user, role: "member" }),
  listProjectUsers: ({ projects }, { project }) => projects.users.list(project),
  retrieveProjectUser: ({ projects }, { project: project_id, user }) => projects.users.retrieve(user, { project_id }),
  updateProjectUser: ({ projects }, { project: project_id, user }) =>
    projects.users.update(user, { project_id, role: "owner" }),
  createProjectRole: async ({ projects }, made) => {
    const role = await projects.roles.create(made.project, { role_name: "keys", permissions: ["api_keys.write"] });
    made.projectRole = role.id;
  },
  listProjectRoles: ({ projects }, { project }) => projects.roles.list(project),
  retrieveProjectRole: ({ projects }, { project: project_id, projectRole }) =>
    projects.roles.retrieve(projectRole, { project_id }),
  updateProjectRole: ({ projects }, { project: project_id, projectRole }) =>
    projects.roles.update(projectRole, { project_id, role_name: "key keepers" }),
  createProjectUserRole: ({ projects }, { project: project_id, user, projectRole: role_id }) =>
    projects.users.roles.create(user, { project_id, role_id }),
  listProjectUserRoles: ({ projects }, { project: project_id, user }) =>
    projects.users.roles.list(user, { project_id }),
  retrieveProjectUserRole: ({ projects }, { project: project_id, user: user_id, projectRole }) =>
    projects.users.roles.retrieve(projectRole, { project_id, user_id }),
  deleteProjectUserRole: ({ projects }, { project: project_id, user: user_id, projectRole }) =>
    projects.users.roles.delete(projectRole, { project_id, user_id }),
  createGroup: async ({ groups }, made) => {
    made.group = (await groups.create({ name: "team" })).id;
  },
  createProjectGroup: ({ projects }, { project, group: group_id }) =>
    projects.groups.create(project, { group_id, role: "member" }),
  listProjectGroups: ({ projects }, { project }) => projects.groups.list(project, { limit: 1 }),
  retrieveProjectGroup: ({ projects }, { project: project_id, group }) =>
    projects.groups.retrieve(group, { project_id, group_type: "group" }),
  createProjectGroupRole: ({ projects }, { project: project_id, group, projectRole: role_id }) =>
    projects.groups.roles.create(group, { project_id, role_id }),
  listProjectGroupRoles: ({ projects }, { project: project_id, group }) =>
    projects.groups.roles.list(group, { project_id }),
  retrieveProjectGroupRole: ({ projects }, { project: project_id, group: group_id, projectRole }) =>
    projects.groups.roles.retrieve(projectRole, { project_id, group_id }),
  deleteProjectGroupRole: ({ projects }, { project: project_id, group: group_id, projectRole }) =>
    projects.groups.roles.delete(projectRole, { project_id, group_id }),
  deleteProjectGroup: ({ projects }, { project: project_id, group }) => projects.groups.delete(group, { project_id }),
  deleteProjectRole: ({ projects }, { project: project_id, projectRole }) =>
    projects.roles.delete(projectRole, { project_id }),
  deleteProjectUser: ({ projects }, { project: project_id, user }) => projects.users.delete(user, { project_id }),
  createServiceAccount: async ({ projects }, made) => {
    const account = await projects.serviceAccounts.create(made.project, { name: "job" });
    made.account = account.id;
    made.key = account.api_key?.id ?? "";
  },
  listServiceAccounts: ({ projects }, { project }) => projects.serviceAccounts.list(project),
  retrieveServiceAccount: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.retrieve(account, { project_id }),
  updateServiceAccount: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.update(account, { project_id, role: "owner" }),
  createServiceAccountKey: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.apiKeys.create(account, { project_id, name: "second", expires_in_seconds: 60 }),
  listProjectApiKeys: ({ projects }, { project }) => projects.apiKeys.list(project, { owner_project_access: "any" }),
  retrieveProjectApiKey: ({ projects }, { project: project_id, key }) => projects.apiKeys.retrieve(key, { project_id }),
  updateProjectApiKey: ({ projects }, { project: project_id, key }) =>
    projects.apiKeys.update(key, { project_id, scopes: ["api.all.read"], expires_in_seconds: 600 }),
  rotateProjectApiKey: (_, { project, key }, own) =>
    own("post", `/organization/projects/${project}/api_keys/${key}/rotate`, { overlap_seconds: 60 }),
  deleteProjectApiKey: ({ projects }, { project: project_id, key }) => projects.apiKeys.delete(key, { project_id }),
  createProjectApiKey: (_, { project }, own) =>
    own("post", `/organization/projects/${project}/api_keys`, { name: "laptop", expires_in_seconds: 600 }),
  createOperatorKey: (_, __, own) => own("post", "/organization/operator_keys"),
  createObserverKey: (_, __, own) => own("post", "/organization/observer_keys"),
  createLogKey: (_, __, own) => own("post", "/organization/log_keys"),
  retrieveServiceAlarms: (_, __, own) => own("get", "/organization/service_alarms"),
  retrieveAccessDecision: (_, { user }, own) =>
    own("get", `/organization/access_decisions?principal_type=user&principal_id=${user}&operation=createProject`),
  listOwnApiKeys: (_, __, own) => own("get", "/organization/own_api_keys"),
  deleteServiceAccount: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.delete(account, { project_id }),
  listLimits: (_, __, own) => own("get", "/organization/limits?limit=1"),
  updateLimits: (_, { project }, own) =>
    own("post", `/organization/limits/project/${project}`, {
      limits: [{ metric: "requests", window: "minute", max: 60 }],
    }),
  retrieveLimits: (_, { project }, own) => own("get", `/organization/limits/project/${project}`),
  updateRateLimit: ({ projects }, { project: project_id }) =>
    projects.rateLimits.updateRateLimit("rl-tiny", { project_id, max_tokens_per_1_minute: 6000 }),
  listRateLimits: ({ projects }, { project }) => projects.rateLimits.listRateLimits(project, { limit: 1 }),
  deleteLimits: (_, { project }, own) => own("delete", `/organization/limits/project/${project}`),
  grantCredit: async (_, made, own) => {
    made.credit = CreditId.parse(
      await own("post", `/organization/credits/project/${made.project}`, { amount_nano_usd: 5_000_000_000 }),
    ).id;
  },
  listCreditBalances: (_, __, own) => own("get", "/organization/credits?limit=1"),
  retrieveCredits: (_, { project }, own) => own("get", `/organization/credits/project/${project}`),
  listCreditMovements: (_, { project }, own) => own("get", `/organization/credits/project/${project}/ledger?limit=1`),
  revokeCredit: (_, { project, credit }, own) =>
    own("post", `/organization/credits/project/${project}/${credit}/revoke`),
  endCredits: (_, { project }, own) => own("delete", `/organization/credits/project/${project}`),
  createWebhook: async (_, made, own) => {
    made.webhook = CreditId.parse(await own("post", "/organization/webhooks", { url: "https://hooks.example.com" })).id;
  },
  listWebhooks: (_, __, own) => own("get", "/organization/webhooks?limit=1"),
  retrieveWebhook: (_, { webhook }, own) => own("get", `/organization/webhooks/${webhook}`),
  rotateWebhookSecret: (_, { webhook }, own) => own("post", `/organization/webhooks/${webhook}/rotate_secret`, {}),
  testWebhook: (_, { webhook }, own) => own("post", `/organization/webhooks/${webhook}/test`),
  listWebhookDeliveries: (_, { webhook }, own) => own("get", `/organization/webhooks/${webhook}/deliveries`),
  resendWebhookDelivery: (_, { webhook, delivery }, own) =>
    own("post", `/organization/webhooks/${webhook}/deliveries/${delivery}/resend`),
  deleteWebhook: (_, { webhook }, own) => own("delete", `/organization/webhooks/${webhook}`),
  updateBillingCustomer: (_, made, own) =>
    own("post", `/organization/projects/${made.project}/billing_customer`, { customer_id: "cus_1" }),
  retrieveBillingCustomer: (_, made, own) => own("get", `/organization/projects/${made.project}/billing_customer`),
  listBillingCustomers: (_, __, own) => own("get", "/organization/billing_customers?limit=1"),
  deleteBillingCustomer: (_, made, own) => own("delete", `/organization/projects/${made.project}/billing_customer`),
  updateModelPermissions: ({ projects }, { project }) =>
    projects.modelPermissions.update(project, { mode: "allow_list", model_ids: ["tiny"] }),
  retrieveModelPermissions: ({ projects }, { project }) => projects.modelPermissions.retrieve(project),
  deleteModelPermissions: ({ projects }, { project }) => projects.modelPermissions.delete(project),
  updateProjectSpendLimit: ({ projects }, { project }) => projects.spendLimit.update(project, SPEND_LIMIT),
  createProjectSpendAlert: async ({ projects }, made) => {
    made.projectAlert = (await projects.spendAlerts.create(made.project, SPEND_ALERT)).id;
  },
  listProjectSpendAlerts: ({ projects }, { project }) => projects.spendAlerts.list(project, { limit: 1 }),
  retrieveProjectSpendAlert: ({ projects }, { project: project_id, projectAlert }) =>
    projects.spendAlerts.retrieve(projectAlert, { project_id }),
  updateProjectSpendAlert: ({ projects }, { project: project_id, projectAlert }) =>
    projects.spendAlerts.update(projectAlert, { project_id, ...SPEND_ALERT, threshold_amount: 6000 }),
  deleteProjectSpendAlert: ({ projects }, { project: project_id, projectAlert }) =>
    projects.spendAlerts.delete(projectAlert, { project_id }),
  createSpendAlert: async ({ spendAlerts }, made) => {
    made.alert = (await spendAlerts.create(SPEND_ALERT)).id;
  },
  listSpendAlerts: ({ spendAlerts }) => spendAlerts.list({ limit: 1, order: "desc" }),
  retrieveSpendAlert: ({ spendAlerts }, { alert }) => spendAlerts.retrieve(alert),
  updateSpendAlert: ({ spendAlerts }, { alert }) =>
    spendAlerts.update(alert, { ...SPEND_ALERT, threshold_amount: 6000 }),
  deleteSpendAlert: ({ spendAlerts }, { alert }) => spendAlerts.delete(alert),
  retrieveProjectSpendLimit: ({ projects }, { project }) => projects.spendLimit.retrieve(project),
  deleteProjectSpendLimit: ({ projects }, { project }) => projects.spendLimit.delete(project),
  updateSpendLimit: ({ spendLimit }) => spendLimit.update(SPEND_LIMIT),
  retrieveSpendLimit: ({ spendLimit }) => spendLimit.retrieve(),
  deleteSpendLimit: ({ spendLimit }) => spendLimit.delete(),
  listCompletionsUsage: ({ usage }) => usage.completions({ start_time: DAY, group_by: ["project_id", "model"] }),
  listEmbeddingsUsage: ({ usage }) => usage.embeddings({ start_time: DAY, api_key_ids: ["key_a"] }),
  listModerationsUsage: ({ usage }) => usage.moderations({ start_time: DAY, group_by: ["model"] }),
  listCosts: ({ usage }) => usage.costs({ start_time: DAY, group_by: ["line_item"], limit: 1 }),
  createUsageBackfill: (_, __, own) =>
    own("post", "/organization/usage/backfills", { segment: SEGMENT, content: SEGMENT_CONTENT, apply: true }),
  createUsageAdjustment: (_, __, own) =>
    own("post", "/organization/usage/adjustments", {
      request_id: USED.id,
      ended_at: Math.floor(Date.parse(USED.endedAt) / 1000),
      reason: "the stream broke off",
    }),
  listUsageAdjustments: (_, __, own) => own("get", `/organization/usage/adjustments?start_time=${USED_HOUR}&limit=1`),
  createUsageRecount: (_, __, own) =>
    own("post", "/organization/usage/recounts", { start_time: USED_HOUR, width: "1h", apply: true }),
  retrieveDataRetention: ({ dataRetention }) => dataRetention.retrieve(),
  updateDataRetention: ({ dataRetention }) => dataRetention.update({ retention_type: "zero_data_retention" }),
  retrieveProjectDataRetention: ({ projects }, { project }) => projects.dataRetention.retrieve(project),
  updateProjectDataRetention: ({ projects }, { project }) =>
    projects.dataRetention.update(project, { retention_type: "none" }),
  listChats: (_, { project }, own) => own("get", `/organization/projects/${project}/chats`),
  createHistoryAccess: (_, { project }, own) =>
    own("post", `/organization/projects/${project}/history_access`, {
      reason: "a support case",
      expires_in_seconds: 900,
    }),
  retrieveChat: (_, { project, chat }, own) => own("get", `/organization/projects/${project}/chats/${chat}`),
  deleteChat: (_, { project, chat }, own) => own("delete", `/organization/projects/${project}/chats/${chat}`),
  retrieveProjectRetention: (_, { project }, own) => own("get", `/organization/projects/${project}/retention`),
  updateProjectRetention: (_, { project }, own) =>
    own("post", `/organization/projects/${project}/retention`, { responses: 7 }),
  createErasure: (_, { project }, own) => own("post", "/organization/erasures", { subject_id: project }),
  listErasures: (_, _made, own) => own("get", "/organization/erasures?limit=1"),
  retrieveErasure: (_, { project }, own) => own("get", `/organization/erasures/${project}`),
  createLegalHold: (_, { user }, own) =>
    own("post", "/organization/legal_holds", { subject_id: user, reason: "a case in court" }),
  listLegalHolds: (_, _made, own) => own("get", "/organization/legal_holds?limit=1"),
  deleteLegalHold: (_, { user }, own) => own("delete", `/organization/legal_holds/${user}`),
  archiveProject: ({ projects }, { project }) => projects.archive(project),
  listGroups: ({ groups }) => groups.list({ limit: 1, order: "desc" }),
  retrieveGroup: ({ groups }, { group }) => groups.retrieve(group),
  updateGroup: ({ groups }, { group }) => groups.update(group, { name: "crew" }),
  createGroupUser: ({ groups }, { group, user }) => groups.users.create(group, { user_id: user }),
  listGroupUsers: ({ groups }, { group }) => groups.users.list(group),
  retrieveGroupUser: ({ groups }, { group: group_id, user }) => groups.users.retrieve(user, { group_id }),
  createRole: async ({ roles }, made) => {
    made.role = (await roles.create({ role_name: "support", permissions: ["users.read"], description: "helps" })).id;
  },
  listRoles: ({ roles }) => roles.list({ limit: 1, order: "desc" }),
  retrieveRole: ({ roles }, { role }) => roles.retrieve(role),
  updateRole: ({ roles }, { role }) => roles.update(role, { permissions: ["users.read", "users.write"] }),
  createUserRole: ({ users }, { user, role: role_id }) => users.roles.create(user, { role_id }),
  listUserRoles: ({ users }, { user }) => users.roles.list(user, { limit: 1 }),
  retrieveUserRole: ({ users }, { user: user_id, role }) => users.roles.retrieve(role, { user_id }),
  deleteUserRole: ({ users }, { user: user_id, role }) => users.roles.delete(role, { user_id }),
  createGroupRole: ({ groups }, { group, role: role_id }) => groups.roles.create(group, { role_id }),
  listGroupRoles: ({ groups }, { group }) => groups.roles.list(group),
  retrieveGroupRole: ({ groups }, { group: group_id, role }) => groups.roles.retrieve(role, { group_id }),
  deleteGroupRole: ({ groups }, { group: group_id, role }) => groups.roles.delete(role, { group_id }),
  deleteRole: ({ roles }, { role }) => roles.delete(role),
  deleteGroupUser: ({ groups }, { group: group_id, user }) => groups.users.delete(user, { group_id }),
  deleteGroup: ({ groups }, { group }) => groups.delete(group),
  listUsers: ({ users }) => users.list({ limit: 1 }),
  retrieveUser: ({ users }, { user }) => users.retrieve(user),
  updateUser: ({ users }, { user }) => users.update(user, { role: "owner" }),
  deleteUser: ({ users }, { user }) => users.delete(user),
  createInvite: async ({ invites }, made) => {
    made.invite = (await invites.create({ email: "new@example.com", role: "reader" })).id;
  },
  listInvites: ({ invites }) => invites.list(),
  retrieveInvite: ({ invites }, { invite }) => invites.retrieve(invite),
  deleteInvite: ({ invites }, { invite }) => invites.delete(invite),
  createAdminApiKey: async ({ adminAPIKeys }, made) => {
    made.adminKey = (await adminAPIKeys.create({ name: "job" })).id;
  },
  listAdminApiKeys: ({ adminAPIKeys }) => adminAPIKeys.list({ order: "desc" }),
  retrieveAdminApiKey: ({ adminAPIKeys }, { adminKey }) => adminAPIKeys.retrieve(adminKey),
  deleteAdminApiKey: ({ adminAPIKeys }, { adminKey }) => adminAPIKeys.delete(adminKey),
  listAuditLogs: ({ auditLogs }) =>
    auditLogs.list({ event_types: ["project.created", "invite.sent"], effective_at: { gte: 1 } }),
};
