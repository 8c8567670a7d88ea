import type { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";
import type { ADMIN_KEY_OPERATIONS } from "./admin-key-operations.ts";
import type { RETENTION_OPERATIONS } from "./retention-operations.ts";
import type { ROLE_OPERATIONS } from "./role-operations.ts";

/** Operations that one page alone calls. */
type PageOperations = typeof ROLE_OPERATIONS & typeof RETENTION_OPERATIONS & typeof ADMIN_KEY_OPERATIONS;
type Operations = typeof CONTROL_OPERATIONS;

/**
 * Operations of the control API that the console calls. Method and path are those of the contract, by the types: a wrong one does
 * not compile. They stand here once more, as the contract itself would bring its schemas into the bundle.
 */
const OPERATIONS = {
  listProjects: ["GET", "/v1/organization/projects"],
  createProject: ["POST", "/v1/organization/projects"],
  listProjectApiKeys: ["GET", "/v1/organization/projects/{project_id}/api_keys"],
  listServiceAccounts: ["GET", "/v1/organization/projects/{project_id}/service_accounts"],
  createProjectApiKey: ["POST", "/v1/organization/projects/{project_id}/api_keys"],
  rotateProjectApiKey: ["POST", "/v1/organization/projects/{project_id}/api_keys/{api_key_id}/rotate"],
  listOwnApiKeys: ["GET", "/v1/organization/own_api_keys"],
  deleteProjectApiKey: ["DELETE", "/v1/organization/projects/{project_id}/api_keys/{api_key_id}"],
  updateProject: ["POST", "/v1/organization/projects/{project_id}"],
  archiveProject: ["POST", "/v1/organization/projects/{project_id}/archive"],
  listUsers: ["GET", "/v1/organization/users"],
  retrieveUser: ["GET", "/v1/organization/users/{user_id}"],
  updateUser: ["POST", "/v1/organization/users/{user_id}"],
  deleteUser: ["DELETE", "/v1/organization/users/{user_id}"],
  listInvites: ["GET", "/v1/organization/invites"],
  createInvite: ["POST", "/v1/organization/invites"],
  deleteInvite: ["DELETE", "/v1/organization/invites/{invite_id}"],
  listAdminApiKeys: ["GET", "/v1/organization/admin_api_keys"],
  createOperatorKey: ["POST", "/v1/organization/operator_keys"],
  createObserverKey: ["POST", "/v1/organization/observer_keys"],
  createLogKey: ["POST", "/v1/organization/log_keys"],
  retrieveServiceAlarms: ["GET", "/v1/organization/service_alarms"],
  listAuditLogs: ["GET", "/v1/organization/audit_logs"],
  listCompletionsUsage: ["GET", "/v1/organization/usage/completions"],
  listEmbeddingsUsage: ["GET", "/v1/organization/usage/embeddings"],
  listCosts: ["GET", "/v1/organization/costs"],
  listProjectUsers: ["GET", "/v1/organization/projects/{project_id}/users"],
  createProjectUser: ["POST", "/v1/organization/projects/{project_id}/users"],
  updateProjectUser: ["POST", "/v1/organization/projects/{project_id}/users/{user_id}"],
  deleteProjectUser: ["DELETE", "/v1/organization/projects/{project_id}/users/{user_id}"],
  listProjectGroups: ["GET", "/v1/organization/projects/{project_id}/groups"],
  createProjectGroup: ["POST", "/v1/organization/projects/{project_id}/groups"],
  deleteProjectGroup: ["DELETE", "/v1/organization/projects/{project_id}/groups/{group_id}"],
  listGroups: ["GET", "/v1/organization/groups"],
  createGroup: ["POST", "/v1/organization/groups"],
  deleteGroup: ["DELETE", "/v1/organization/groups/{group_id}"],
  listGroupUsers: ["GET", "/v1/organization/groups/{group_id}/users"],
  createGroupUser: ["POST", "/v1/organization/groups/{group_id}/users"],
  deleteGroupUser: ["DELETE", "/v1/organization/groups/{group_id}/users/{user_id}"],
  listLimits: ["GET", "/v1/organization/limits"],
  retrieveLimits: ["GET", "/v1/organization/limits/{limit_scope}/{subject_id}"],
  updateLimits: ["POST", "/v1/organization/limits/{limit_scope}/{subject_id}"],
  listCreditBalances: ["GET", "/v1/organization/credits"],
  grantCredit: ["POST", "/v1/organization/credits/{limit_scope}/{subject_id}"],
  revokeCredit: ["POST", "/v1/organization/credits/{limit_scope}/{subject_id}/{credit_id}/revoke"],
  retrieveProjectDataRetention: ["GET", "/v1/organization/projects/{project_id}/data_retention"],
  updateProjectDataRetention: ["POST", "/v1/organization/projects/{project_id}/data_retention"],
  createHistoryAccess: ["POST", "/v1/organization/projects/{project_id}/history_access"],
  createServiceAccount: ["POST", "/v1/organization/projects/{project_id}/service_accounts"],
  createServiceAccountKey: [
    "POST",
    "/v1/organization/projects/{project_id}/service_accounts/{service_account_id}/api_keys",
  ],
} as const satisfies {
  readonly [Id in keyof Operations]?: readonly [Operations[Id]["method"], Operations[Id]["path"]];
};

export type ConsoleOperation = keyof typeof OPERATIONS | keyof PageOperations;
type Request = readonly [string, string];

const known: { [Id in ConsoleOperation]?: Request } = { ...OPERATIONS };

/** Adds operations of one page alone, whose module brings them: every page loads those above. */
export function addOperations(more: Partial<PageOperations>): void {
  Object.assign(known, more);
}

/** Method and path. */
export function operationOf(id: ConsoleOperation): Request {
  const found = known[id];
  if (found === undefined) throw new Error(`No page has added ${id}.`);
  return found;
}
