import { AccessDecision, AccessDecisionQuery } from "../../access/access-decision.ts";
import { ServiceAlarms } from "../../live/service-alarms.ts";
import * as adminKeys from "../admin-keys.ts";
import { AuditEventPage, ListAuditEventsQuery } from "../audit-events.ts";
import * as objects from "../objects.ts";
import * as projectKeys from "../project-keys.ts";
import { GROUP_OPERATIONS } from "./group-operations.ts";
import {
  BILLING_OPERATIONS,
  CREDIT_OPERATIONS,
  LIMIT_OPERATIONS,
  SPEND_ALERT_OPERATIONS,
  WEBHOOK_OPERATIONS,
} from "./limit-operations.ts";
import { type ControlOperation, get, list, NoBody, post, remove } from "./operation.ts";
import { ROLE_OPERATIONS } from "./role-operations.ts";
import {
  ERASURE_OPERATIONS,
  HISTORY_OPERATIONS,
  OWN_HISTORY_OPERATIONS,
  USAGE_OPERATIONS,
} from "./usage-operations.ts";

const PROJECTS = "/v1/organization/projects";
const PROJECT = `${PROJECTS}/{project_id}` as const;
const PROJECT_USER = `${PROJECT}/users/{user_id}` as const;
const SERVICE_ACCOUNTS = `${PROJECT}/service_accounts` as const;
const SERVICE_ACCOUNT = `${SERVICE_ACCOUNTS}/{service_account_id}` as const;
const PROJECT_KEYS = `${PROJECT}/api_keys` as const;
const PROJECT_KEY = `${PROJECT_KEYS}/{api_key_id}` as const;
const USERS = "/v1/organization/users";
const INVITES = "/v1/organization/invites";
const ADMIN_KEYS = "/v1/organization/admin_api_keys";
const ADMIN_KEY = `${ADMIN_KEYS}/{admin_key_id}` as const;

/** All operations of the control API, by id: the source of its routing, its checks and its matrix of permissions. */
export const CONTROL_OPERATIONS = {
  listProjects: {
    ...list,
    path: PROJECTS,
    scope: "projects.read",
    query: objects.ListProjectsQuery,
    response: objects.ProjectPage,
  },
  createProject: {
    ...post,
    path: PROJECTS,
    scope: "projects.write",
    body: objects.CreateProject,
    response: objects.Project,
  },
  retrieveProject: { ...get, path: PROJECT, scope: "projects.read", response: objects.Project },
  updateProject: {
    ...post,
    path: PROJECT,
    scope: "projects.write",
    body: objects.UpdateProject,
    response: objects.Project,
  },
  archiveProject: {
    ...post,
    path: `${PROJECT}/archive`,
    scope: "projects.write",
    body: NoBody,
    response: objects.Project,
  },
  listProjectUsers: {
    ...list,
    path: `${PROJECT}/users`,
    scope: "project.users.read",
    response: objects.ProjectUserPage,
  },
  createProjectUser: {
    ...post,
    path: `${PROJECT}/users`,
    scope: "project.users.write",
    body: objects.CreateProjectUser,
    response: objects.ProjectUser,
  },
  retrieveProjectUser: { ...get, path: PROJECT_USER, scope: "project.users.read", response: objects.ProjectUser },
  updateProjectUser: {
    ...post,
    path: PROJECT_USER,
    scope: "project.users.write",
    body: objects.UpdateProjectUser,
    response: objects.ProjectUser,
  },
  deleteProjectUser: {
    ...remove,
    path: PROJECT_USER,
    scope: "project.users.write",
    response: objects.ProjectUserDeleted,
  },
  listServiceAccounts: {
    ...list,
    path: SERVICE_ACCOUNTS,
    scope: "service_accounts.read",
    response: projectKeys.ServiceAccountPage,
  },
  createServiceAccount: {
    ...post,
    path: SERVICE_ACCOUNTS,
    scope: "service_accounts.write",
    body: projectKeys.CreateServiceAccount,
    response: projectKeys.CreatedServiceAccount,
  },
  retrieveServiceAccount: {
    ...get,
    path: SERVICE_ACCOUNT,
    scope: "service_accounts.read",
    response: projectKeys.ServiceAccount,
  },
  updateServiceAccount: {
    ...post,
    path: SERVICE_ACCOUNT,
    scope: "service_accounts.write",
    body: projectKeys.UpdateServiceAccount,
    response: projectKeys.ServiceAccount,
  },
  deleteServiceAccount: {
    ...remove,
    path: SERVICE_ACCOUNT,
    scope: "service_accounts.write",
    response: projectKeys.ServiceAccountDeleted,
  },
  createServiceAccountKey: {
    ...post,
    path: `${SERVICE_ACCOUNT}/api_keys`,
    scope: "api_keys.write",
    body: projectKeys.CreateServiceAccountKey,
    response: projectKeys.NewServiceAccountKey,
  },
  listProjectApiKeys: {
    ...list,
    path: PROJECT_KEYS,
    scope: "api_keys.read",
    ownScope: "own_api_keys.read",
    query: projectKeys.ListProjectApiKeysQuery,
    response: projectKeys.ProjectApiKeyPage,
  },
  createProjectApiKey: {
    ...post,
    path: PROJECT_KEYS,
    scope: "own_api_keys.write",
    body: projectKeys.CreateProjectApiKey,
    response: projectKeys.NewProjectApiKey,
  },
  listOwnApiKeys: {
    ...get,
    path: "/v1/organization/own_api_keys",
    scope: "own_api_keys.read",
    response: projectKeys.OwnApiKeyList,
  },
  retrieveProjectApiKey: {
    ...get,
    path: PROJECT_KEY,
    scope: "api_keys.read",
    ownScope: "own_api_keys.read",
    response: projectKeys.ProjectApiKey,
  },
  rotateProjectApiKey: {
    ...post,
    path: `${PROJECT_KEY}/rotate`,
    scope: "api_keys.write",
    ownScope: "own_api_keys.write",
    body: projectKeys.RotateProjectApiKey,
    response: projectKeys.RotatedProjectApiKey,
  },
  updateProjectApiKey: {
    ...post,
    path: PROJECT_KEY,
    scope: "api_keys.write",
    ownScope: "own_api_keys.write",
    body: projectKeys.UpdateProjectApiKey,
    response: projectKeys.ProjectApiKey,
  },
  deleteProjectApiKey: {
    ...remove,
    path: PROJECT_KEY,
    scope: "api_keys.write",
    ownScope: "own_api_keys.write",
    response: projectKeys.ProjectApiKeyDeleted,
  },
  listUsers: { ...list, path: USERS, scope: "users.read", response: objects.OrganizationUserPage },
  retrieveUser: { ...get, path: `${USERS}/{user_id}`, scope: "users.read", response: objects.OrganizationUser },
  updateUser: {
    ...post,
    path: `${USERS}/{user_id}`,
    scope: "users.write",
    body: objects.UpdateOrganizationUser,
    response: objects.OrganizationUser,
  },
  deleteUser: {
    ...remove,
    path: `${USERS}/{user_id}`,
    scope: "users.write",
    response: objects.OrganizationUserDeleted,
  },
  listInvites: { ...list, path: INVITES, scope: "invites.read", response: objects.InvitePage },
  createInvite: {
    ...post,
    path: INVITES,
    scope: "invites.write",
    body: objects.CreateInvite,
    response: objects.Invite,
  },
  retrieveInvite: { ...get, path: `${INVITES}/{invite_id}`, scope: "invites.read", response: objects.Invite },
  deleteInvite: {
    ...remove,
    path: `${INVITES}/{invite_id}`,
    scope: "invites.write",
    response: objects.InviteDeleted,
  },
  listAdminApiKeys: {
    ...list,
    path: ADMIN_KEYS,
    scope: "admin_keys.read",
    query: adminKeys.ListAdminApiKeysQuery,
    response: adminKeys.AdminApiKeyPage,
  },
  createOperatorKey: {
    ...post,
    path: "/v1/organization/operator_keys",
    scope: "operator_keys.write",
    body: NoBody,
    response: adminKeys.OperatorKey,
  },
  createObserverKey: {
    ...post,
    path: "/v1/organization/observer_keys",
    scope: "service_health.read",
    body: NoBody,
    response: adminKeys.ObserverKey,
  },
  createLogKey: {
    ...post,
    path: "/v1/organization/log_keys",
    scope: "service_logs.read",
    body: NoBody,
    response: adminKeys.LogKey,
  },
  retrieveServiceAlarms: {
    ...get,
    path: "/v1/organization/service_alarms",
    scope: "service_health.read",
    response: ServiceAlarms,
  },
  retrieveAccessDecision: {
    ...get,
    path: "/v1/organization/access_decisions",
    scope: "roles.read",
    query: AccessDecisionQuery,
    response: AccessDecision,
  },
  createAdminApiKey: {
    ...post,
    path: ADMIN_KEYS,
    scope: "admin_keys.write",
    body: adminKeys.CreateAdminApiKey,
    response: adminKeys.CreatedAdminApiKey,
  },
  retrieveAdminApiKey: { ...get, path: ADMIN_KEY, scope: "admin_keys.read", response: adminKeys.AdminApiKey },
  deleteAdminApiKey: {
    ...remove,
    path: ADMIN_KEY,
    scope: "admin_keys.write",
    response: adminKeys.AdminApiKeyDeleted,
  },
  listAuditLogs: {
    ...list,
    path: "/v1/organization/audit_logs",
    scope: "audit_logs.read",
    query: ListAuditEventsQuery,
    response: AuditEventPage,
  },
  ...GROUP_OPERATIONS,
  ...ROLE_OPERATIONS,
  ...LIMIT_OPERATIONS,
  ...SPEND_ALERT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...USAGE_OPERATIONS,
  ...CREDIT_OPERATIONS,
  ...BILLING_OPERATIONS,
  ...HISTORY_OPERATIONS,
  ...ERASURE_OPERATIONS,
} as const satisfies Readonly<Record<string, ControlOperation>>;

export type ControlOperationId = keyof typeof CONTROL_OPERATIONS;

/** Operations that OpenAI's administration API does not have. */
export const OWN_OPERATIONS = [
  ...OWN_HISTORY_OPERATIONS,
  "createProjectApiKey",
  "rotateProjectApiKey",
  "listOwnApiKeys",
  "createOperatorKey",
  "createObserverKey",
  "createLogKey",
  "retrieveServiceAlarms",
  "retrieveAccessDecision",
  "listLimits",
  "retrieveLimits",
  "updateLimits",
  "deleteLimits",
  "listCreditBalances",
  "retrieveCredits",
  "grantCredit",
  "endCredits",
  "revokeCredit",
  "listCreditMovements",
  "listWebhooks",
  "createWebhook",
  "retrieveWebhook",
  "deleteWebhook",
  "rotateWebhookSecret",
  "testWebhook",
  "listWebhookDeliveries",
  "resendWebhookDelivery",
  "listBillingCustomers",
  "retrieveBillingCustomer",
  "updateBillingCustomer",
  "deleteBillingCustomer",
  "listUsageAdjustments",
  "createUsageAdjustment",
  "createUsageRecount",
  "createUsageBackfill",
] as const satisfies readonly ControlOperationId[];
