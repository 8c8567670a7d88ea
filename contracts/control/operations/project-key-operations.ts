import * as projectKeys from "../project-keys.ts";
import { type ControlOperation, get, list, post, remove } from "./operation.ts";

const PROJECT = "/v1/organization/projects/{project_id}";
const SERVICE_ACCOUNTS = `${PROJECT}/service_accounts` as const;
const SERVICE_ACCOUNT = `${SERVICE_ACCOUNTS}/{service_account_id}` as const;
const PROJECT_KEYS = `${PROJECT}/api_keys` as const;
const PROJECT_KEY = `${PROJECT_KEYS}/{api_key_id}` as const;

/** Service accounts of a project, and their keys. */
export const SERVICE_ACCOUNT_OPERATIONS = {
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
} as const satisfies Readonly<Record<string, ControlOperation>>;

/** API keys of a project, and those that members make for themselves. */
export const PROJECT_KEY_OPERATIONS = {
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
} as const satisfies Readonly<Record<string, ControlOperation>>;
