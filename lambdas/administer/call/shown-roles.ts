import type { AssignedRole, Role as ShownRole } from "../../../contracts/control/roles.ts";
import type { Role } from "../../../domain/tenancy/roles.ts";
import { resourceType } from "./role-records.ts";

/** A role as the API shows it. */
export function toRole({ id, name, scopes, resourceId, record }: Role): ShownRole {
  return {
    object: "role",
    id,
    name,
    description: record?.description ?? null,
    permissions: [...scopes],
    predefined_role: record === undefined,
    resource_type: resourceType(resourceId),
  };
}

/** A role that a user or group has, with where it comes from. */
export function toAssignedRole(role: Role, sources: AssignedRole["assignment_sources"]): AssignedRole {
  const { object: _, ...shown } = toRole(role);
  return {
    ...shown,
    created_at: role.record?.createdAt ?? null,
    created_by: role.record?.createdBy ?? null,
    created_by_user_obj: null,
    metadata: null,
    updated_at: role.record?.updatedAt ?? null,
    assignment_sources: sources,
  };
}
