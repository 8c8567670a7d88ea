import * as z from "zod";
import { OrganizationUser } from "./objects.ts";
import { cursor, Description, deleted, Id, Name, nextPageOf, Seconds } from "./page.ts";
import { ControlScope, ProjectScope } from "./scopes.ts";

/** A role, predefined or of one's own. Its permissions are scopes of the table of operations. */
export const Role = z.strictObject({
  object: z.literal("role"),
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  permissions: z.array(z.string()),
  predefined_role: z.boolean(),
  resource_type: z.enum(["api.organization", "api.project"]),
});
export type Role = z.infer<typeof Role>;
export const RolePage = nextPageOf(Role);
export const RoleDeleted = deleted("role.deleted");

/** A role that a user or a group has. Times and `created_by`, the id of a user, are the role's; null for a predefined one. */
export const AssignedRole = Role.omit({ object: true }).extend({
  created_at: Seconds.nullable(),
  created_by: z.string().nullable(),
  created_by_user_obj: z.null(),
  metadata: z.null(),
  updated_at: Seconds.nullable(),
  /** The user, the group, and the groups of the user, from which the role comes. */
  assignment_sources: z.array(z.strictObject({ principal_id: z.string(), principal_type: z.enum(["user", "group"]) })),
});
export type AssignedRole = z.infer<typeof AssignedRole>;
export const AssignedRolePage = nextPageOf(AssignedRole);

export const UserRoleAssigned = z.strictObject({ object: z.literal("user.role"), role: Role, user: OrganizationUser });
export const GroupRoleAssigned = z.strictObject({
  object: z.literal("group.role"),
  role: Role,
  group: z.strictObject({
    object: z.literal("group"),
    id: z.string(),
    name: z.string(),
    created_at: Seconds,
    scim_managed: z.literal(false),
  }),
});
export const UserRoleDeleted = z.strictObject({ object: z.literal("user.role.deleted"), deleted: z.boolean() });
export const GroupRoleDeleted = z.strictObject({ object: z.literal("group.role.deleted"), deleted: z.boolean() });

/** A list of permissions. One that no operation declares is refused by its name. */
export const permissions = <T extends string>(declared: z.ZodType<T> & { readonly options: readonly T[] }) =>
  z
    .array(z.string().max(100))
    .max(100)
    .pipe(
      z.array(
        z.string().transform((name, context): T => {
          const found = declared.options.find((one) => one === name);
          if (found !== undefined) return found;
          const message = `'${name}' is no permission here; send some of ${declared.options.join(", ")}.`;
          context.addIssue({ code: "custom", message });
          return z.NEVER;
        }),
      ),
    );

const newRole = <T extends z.ZodType>(scopes: T) =>
  z.strictObject({ role_name: Name, permissions: scopes, description: Description.nullish() });
const changedRole = <T extends z.ZodType>(scopes: T) =>
  z.strictObject({ role_name: Name.nullish(), permissions: scopes.nullish(), description: Description.nullish() });

export const CreateRole = newRole(permissions(ControlScope));
export const CreateProjectRole = newRole(permissions(ProjectScope));
/** What is absent or null stays as it is. */
export const UpdateRole = changedRole(permissions(ControlScope));
export const UpdateProjectRole = changedRole(permissions(ProjectScope));
export const AssignRole = z.strictObject({ role_id: Id });

/** By id: predefined roles first, then by the time of creation. */
export const ListRolesQuery = z.strictObject({ ...cursor, order: z.enum(["asc", "desc"]).default("asc") });
