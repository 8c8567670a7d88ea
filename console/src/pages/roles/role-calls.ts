import { addOperations } from "../../api/operations.ts";
import { api } from "../../api/queries.ts";
import { ROLE_OPERATIONS } from "../../api/role-operations.ts";
import type { PageQuery } from "../admin/admin-list.tsx";
import type { Principal } from "./roles-search.ts";

addOperations(ROLE_OPERATIONS);

export interface RoleFields {
  readonly role_name: string;
  readonly description: string;
  readonly permissions: string[];
}

/** The operations of roles: of the organisation, or of a project. @param projectId `undefined` for the organisation */
export function roleCalls(projectId: string | undefined) {
  if (projectId === undefined)
    return {
      list: (query: PageQuery, signal: AbortSignal) => api.call("listRoles", { query, signal }),
      create: (body: RoleFields) => api.call("createRole", { body }),
      update: (role_id: string, body: RoleFields) => api.call("updateRole", { path: { role_id }, body }),
      remove: (role_id: string) => api.call("deleteRole", { path: { role_id } }),
      assigned: ({ kind, id }: Principal, query: PageQuery, signal: AbortSignal) =>
        kind === "user"
          ? api.call("listUserRoles", { path: { user_id: id }, query, signal })
          : api.call("listGroupRoles", { path: { group_id: id }, query, signal }),
      assign: ({ kind, id }: Principal, role_id: string) =>
        kind === "user"
          ? api.call("createUserRole", { path: { user_id: id }, body: { role_id } })
          : api.call("createGroupRole", { path: { group_id: id }, body: { role_id } }),
      unassign: ({ kind, id }: Principal, role_id: string) =>
        kind === "user"
          ? api.call("deleteUserRole", { path: { user_id: id, role_id } })
          : api.call("deleteGroupRole", { path: { group_id: id, role_id } }),
    };
  const project_id = projectId;
  return {
    list: (query: PageQuery, signal: AbortSignal) =>
      api.call("listProjectRoles", { path: { project_id }, query, signal }),
    create: (body: RoleFields) => api.call("createProjectRole", { path: { project_id }, body }),
    update: (role_id: string, body: RoleFields) =>
      api.call("updateProjectRole", { path: { project_id, role_id }, body }),
    remove: (role_id: string) => api.call("deleteProjectRole", { path: { project_id, role_id } }),
    assigned: ({ kind, id }: Principal, query: PageQuery, signal: AbortSignal) =>
      kind === "user"
        ? api.call("listProjectUserRoles", { path: { project_id, user_id: id }, query, signal })
        : api.call("listProjectGroupRoles", { path: { project_id, group_id: id }, query, signal }),
    assign: ({ kind, id }: Principal, role_id: string) =>
      kind === "user"
        ? api.call("createProjectUserRole", { path: { project_id, user_id: id }, body: { role_id } })
        : api.call("createProjectGroupRole", { path: { project_id, group_id: id }, body: { role_id } }),
    unassign: ({ kind, id }: Principal, role_id: string) =>
      kind === "user"
        ? api.call("deleteProjectUserRole", { path: { project_id, user_id: id, role_id } })
        : api.call("deleteProjectGroupRole", { path: { project_id, group_id: id, role_id } }),
  };
}

export type RoleCalls = ReturnType<typeof roleCalls>;
