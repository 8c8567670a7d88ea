import * as roles from "../roles.ts";
import { type ControlOperation, get, list, post, remove } from "./operation.ts";

const ORGANIZATION_ROLES = "/v1/organization/roles";
const ORGANIZATION_ROLE = `${ORGANIZATION_ROLES}/{role_id}` as const;
const USER_ROLES = "/v1/organization/users/{user_id}/roles";
const USER_ROLE = `${USER_ROLES}/{role_id}` as const;
const GROUP_ROLES = "/v1/organization/groups/{group_id}/roles";
const GROUP_ROLE = `${GROUP_ROLES}/{role_id}` as const;
const PROJECT = "/v1/projects/{project_id}";
const PROJECT_ROLES = `${PROJECT}/roles` as const;
const PROJECT_ROLE = `${PROJECT_ROLES}/{role_id}` as const;
const PROJECT_USER_ROLES = `${PROJECT}/users/{user_id}/roles` as const;
const PROJECT_USER_ROLE = `${PROJECT_USER_ROLES}/{role_id}` as const;
const PROJECT_GROUP_ROLES = `${PROJECT}/groups/{group_id}/roles` as const;
const PROJECT_GROUP_ROLE = `${PROJECT_GROUP_ROLES}/{role_id}` as const;

const listRoles = { ...list, query: roles.ListRolesQuery } as const;

/** Roles, and who has them: in the organisation, and in projects. */
export const ROLE_OPERATIONS = {
  listRoles: { ...listRoles, path: ORGANIZATION_ROLES, scope: "roles.read", response: roles.RolePage },
  createRole: { ...post, path: ORGANIZATION_ROLES, scope: "roles.write", body: roles.CreateRole, response: roles.Role },
  retrieveRole: { ...get, path: ORGANIZATION_ROLE, scope: "roles.read", response: roles.Role },
  updateRole: { ...post, path: ORGANIZATION_ROLE, scope: "roles.write", body: roles.UpdateRole, response: roles.Role },
  deleteRole: { ...remove, path: ORGANIZATION_ROLE, scope: "roles.write", response: roles.RoleDeleted },
  listProjectRoles: { ...listRoles, path: PROJECT_ROLES, scope: "project.roles.read", response: roles.RolePage },
  createProjectRole: {
    ...post,
    path: PROJECT_ROLES,
    scope: "project.roles.write",
    body: roles.CreateProjectRole,
    response: roles.Role,
  },
  retrieveProjectRole: { ...get, path: PROJECT_ROLE, scope: "project.roles.read", response: roles.Role },
  updateProjectRole: {
    ...post,
    path: PROJECT_ROLE,
    scope: "project.roles.write",
    body: roles.UpdateProjectRole,
    response: roles.Role,
  },
  deleteProjectRole: { ...remove, path: PROJECT_ROLE, scope: "project.roles.write", response: roles.RoleDeleted },
  listUserRoles: { ...listRoles, path: USER_ROLES, scope: "roles.read", response: roles.AssignedRolePage },
  createUserRole: {
    ...post,
    path: USER_ROLES,
    scope: "roles.write",
    body: roles.AssignRole,
    response: roles.UserRoleAssigned,
  },
  retrieveUserRole: { ...get, path: USER_ROLE, scope: "roles.read", response: roles.AssignedRole },
  deleteUserRole: { ...remove, path: USER_ROLE, scope: "roles.write", response: roles.UserRoleDeleted },
  listGroupRoles: { ...listRoles, path: GROUP_ROLES, scope: "roles.read", response: roles.AssignedRolePage },
  createGroupRole: {
    ...post,
    path: GROUP_ROLES,
    scope: "roles.write",
    body: roles.AssignRole,
    response: roles.GroupRoleAssigned,
  },
  retrieveGroupRole: { ...get, path: GROUP_ROLE, scope: "roles.read", response: roles.AssignedRole },
  deleteGroupRole: { ...remove, path: GROUP_ROLE, scope: "roles.write", response: roles.GroupRoleDeleted },
  listProjectUserRoles: {
    ...listRoles,
    path: PROJECT_USER_ROLES,
    scope: "project.roles.read",
    response: roles.AssignedRolePage,
  },
  createProjectUserRole: {
    ...post,
    path: PROJECT_USER_ROLES,
    scope: "project.roles.write",
    body: roles.AssignRole,
    response: roles.UserRoleAssigned,
  },
  retrieveProjectUserRole: {
    ...get,
    path: PROJECT_USER_ROLE,
    scope: "project.roles.read",
    response: roles.AssignedRole,
  },
  deleteProjectUserRole: {
    ...remove,
    path: PROJECT_USER_ROLE,
    scope: "project.roles.write",
    response: roles.UserRoleDeleted,
  },
  listProjectGroupRoles: {
    ...listRoles,
    path: PROJECT_GROUP_ROLES,
    scope: "project.roles.read",
    response: roles.AssignedRolePage,
  },
  createProjectGroupRole: {
    ...post,
    path: PROJECT_GROUP_ROLES,
    scope: "project.roles.write",
    body: roles.AssignRole,
    response: roles.GroupRoleAssigned,
  },
  retrieveProjectGroupRole: {
    ...get,
    path: PROJECT_GROUP_ROLE,
    scope: "project.roles.read",
    response: roles.AssignedRole,
  },
  deleteProjectGroupRole: {
    ...remove,
    path: PROJECT_GROUP_ROLE,
    scope: "project.roles.write",
    response: roles.GroupRoleDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;
