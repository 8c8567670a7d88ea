import * as adminKeys from "../admin-keys.ts";
import { type ControlOperation, get, list, NoBody, post, remove } from "./operation.ts";

const ADMIN_KEYS = "/v1/organization/admin_api_keys";
const ADMIN_KEY = `${ADMIN_KEYS}/{admin_key_id}` as const;

/** Admin keys, and the keys of operators, observers and readers of logs, which are Sluice's own. */
export const ADMIN_KEY_OPERATIONS = {
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
} as const satisfies Readonly<Record<string, ControlOperation>>;
