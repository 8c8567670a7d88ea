import * as limits from "./limits.ts";
import { type ControlOperation, get, list, post, remove } from "./operation.ts";

const LIMITS = "/v1/organization/limits";
const LIMITS_OF_SUBJECT = `${LIMITS}/{limit_scope}/{subject_id}` as const;
const SPEND_LIMIT = "/v1/organization/spend_limit";
const PROJECT = "/v1/organization/projects/{project_id}";
const RATE_LIMITS = `${PROJECT}/rate_limits` as const;
const PROJECT_SPEND_LIMIT = `${PROJECT}/spend_limit` as const;
const MODEL_PERMISSIONS = `${PROJECT}/model_permissions` as const;

const read = { scope: "limits.read" } as const;
const write = { scope: "limits.write" } as const;

/** Limits of use. `…/limits` is Sluice's own; the others are OpenAI's, for limits that it has too. */
export const LIMIT_OPERATIONS = {
  listLimits: { ...list, ...read, path: LIMITS, query: limits.ListLimitsQuery, response: limits.LimitsPage },
  retrieveLimits: { ...get, ...read, path: LIMITS_OF_SUBJECT, response: limits.Limits },
  updateLimits: { ...post, ...write, path: LIMITS_OF_SUBJECT, body: limits.UpdateLimits, response: limits.Limits },
  deleteLimits: { ...remove, ...write, path: LIMITS_OF_SUBJECT, response: limits.LimitsDeleted },
  listRateLimits: {
    ...list,
    ...read,
    path: RATE_LIMITS,
    query: limits.ListRateLimitsQuery,
    response: limits.ProjectRateLimitPage,
  },
  updateRateLimit: {
    ...post,
    ...write,
    path: `${RATE_LIMITS}/{rate_limit_id}`,
    body: limits.UpdateRateLimit,
    response: limits.ProjectRateLimit,
  },
  retrieveModelPermissions: { ...get, ...read, path: MODEL_PERMISSIONS, response: limits.ProjectModelPermissions },
  updateModelPermissions: {
    ...post,
    ...write,
    path: MODEL_PERMISSIONS,
    body: limits.UpdateModelPermissions,
    response: limits.ProjectModelPermissions,
  },
  deleteModelPermissions: {
    ...remove,
    ...write,
    path: MODEL_PERMISSIONS,
    response: limits.ProjectModelPermissionsDeleted,
  },
  retrieveProjectSpendLimit: { ...get, ...read, path: PROJECT_SPEND_LIMIT, response: limits.ProjectSpendLimit },
  updateProjectSpendLimit: {
    ...post,
    ...write,
    path: PROJECT_SPEND_LIMIT,
    body: limits.UpdateSpendLimit,
    response: limits.ProjectSpendLimit,
  },
  deleteProjectSpendLimit: {
    ...remove,
    ...write,
    path: PROJECT_SPEND_LIMIT,
    response: limits.ProjectSpendLimitDeleted,
  },
  retrieveSpendLimit: { ...get, ...read, path: SPEND_LIMIT, response: limits.OrganizationSpendLimit },
  updateSpendLimit: {
    ...post,
    ...write,
    path: SPEND_LIMIT,
    body: limits.UpdateSpendLimit,
    response: limits.OrganizationSpendLimit,
  },
  deleteSpendLimit: { ...remove, ...write, path: SPEND_LIMIT, response: limits.OrganizationSpendLimitDeleted },
} as const satisfies Readonly<Record<string, ControlOperation>>;

/** Operations that OpenAI's administration API does not have. */
export const OWN_OPERATIONS = [
  "listLimits",
  "retrieveLimits",
  "updateLimits",
  "deleteLimits",
] as const satisfies readonly (keyof typeof LIMIT_OPERATIONS)[];
