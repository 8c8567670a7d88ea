import * as groups from "../groups.ts";
import { type ControlOperation, get, list, post, remove } from "./operation.ts";

const GROUPS = "/v1/organization/groups";
const GROUP = `${GROUPS}/{group_id}` as const;
const GROUP_USERS = `${GROUP}/users` as const;
const GROUP_USER = `${GROUP_USERS}/{user_id}` as const;

const PROJECT_GROUPS = "/v1/organization/projects/{project_id}/groups";
const PROJECT_GROUP = `${PROJECT_GROUPS}/{group_id}` as const;

/** Groups, their users, and groups in projects. */
export const GROUP_OPERATIONS = {
  listGroups: {
    ...list,
    path: GROUPS,
    scope: "groups.read",
    query: groups.ListGroupsQuery,
    response: groups.GroupPage,
  },
  createGroup: { ...post, path: GROUPS, scope: "groups.write", body: groups.CreateGroup, response: groups.Group },
  retrieveGroup: { ...get, path: GROUP, scope: "groups.read", response: groups.Group },
  updateGroup: { ...post, path: GROUP, scope: "groups.write", body: groups.UpdateGroup, response: groups.Group },
  deleteGroup: { ...remove, path: GROUP, scope: "groups.write", response: groups.GroupDeleted },
  listGroupUsers: {
    ...list,
    path: GROUP_USERS,
    scope: "groups.read",
    query: groups.ListGroupsQuery,
    response: groups.GroupUserPage,
  },
  createGroupUser: {
    ...post,
    path: GROUP_USERS,
    scope: "groups.write",
    body: groups.CreateGroupUser,
    response: groups.GroupUserAdded,
  },
  retrieveGroupUser: { ...get, path: GROUP_USER, scope: "groups.read", response: groups.GroupUserDetails },
  deleteGroupUser: { ...remove, path: GROUP_USER, scope: "groups.write", response: groups.GroupUserDeleted },
  listProjectGroups: {
    ...list,
    path: PROJECT_GROUPS,
    scope: "project.groups.read",
    query: groups.ListGroupsQuery,
    response: groups.ProjectGroupPage,
  },
  createProjectGroup: {
    ...post,
    path: PROJECT_GROUPS,
    scope: "project.groups.write",
    body: groups.CreateProjectGroup,
    response: groups.ProjectGroup,
  },
  retrieveProjectGroup: {
    ...get,
    path: PROJECT_GROUP,
    scope: "project.groups.read",
    query: groups.RetrieveProjectGroupQuery,
    response: groups.ProjectGroup,
  },
  deleteProjectGroup: {
    ...remove,
    path: PROJECT_GROUP,
    scope: "project.groups.write",
    response: groups.ProjectGroupDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;
