import type { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";

type Operations = typeof CONTROL_OPERATIONS;

/** Operations of roles, of the page of roles alone. */
export const ROLE_OPERATIONS = {
  listRoles: ["GET", "/v1/organization/roles"],
  createRole: ["POST", "/v1/organization/roles"],
  updateRole: ["POST", "/v1/organization/roles/{role_id}"],
  deleteRole: ["DELETE", "/v1/organization/roles/{role_id}"],
  retrieveAccessDecision: ["GET", "/v1/organization/access_decisions"],
  listUserRoles: ["GET", "/v1/organization/users/{user_id}/roles"],
  createUserRole: ["POST", "/v1/organization/users/{user_id}/roles"],
  deleteUserRole: ["DELETE", "/v1/organization/users/{user_id}/roles/{role_id}"],
  listGroupRoles: ["GET", "/v1/organization/groups/{group_id}/roles"],
  createGroupRole: ["POST", "/v1/organization/groups/{group_id}/roles"],
  deleteGroupRole: ["DELETE", "/v1/organization/groups/{group_id}/roles/{role_id}"],
  listProjectRoles: ["GET", "/v1/projects/{project_id}/roles"],
  createProjectRole: ["POST", "/v1/projects/{project_id}/roles"],
  updateProjectRole: ["POST", "/v1/projects/{project_id}/roles/{role_id}"],
  deleteProjectRole: ["DELETE", "/v1/projects/{project_id}/roles/{role_id}"],
  listProjectUserRoles: ["GET", "/v1/projects/{project_id}/users/{user_id}/roles"],
  createProjectUserRole: ["POST", "/v1/projects/{project_id}/users/{user_id}/roles"],
  deleteProjectUserRole: ["DELETE", "/v1/projects/{project_id}/users/{user_id}/roles/{role_id}"],
  listProjectGroupRoles: ["GET", "/v1/projects/{project_id}/groups/{group_id}/roles"],
  createProjectGroupRole: ["POST", "/v1/projects/{project_id}/groups/{group_id}/roles"],
  deleteProjectGroupRole: ["DELETE", "/v1/projects/{project_id}/groups/{group_id}/roles/{role_id}"],
} as const satisfies {
  readonly [Id in keyof Operations]?: readonly [Operations[Id]["method"], Operations[Id]["path"]];
};
