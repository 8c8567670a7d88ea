import * as z from "zod";
import { cursor, deleted, Id, Name, nextPageOf, Seconds } from "./page.ts";

/** Users who get roles together. */
export const Group = z.strictObject({
  id: z.string(),
  name: z.string(),
  created_at: Seconds,
  group_type: z.literal("group"),
  /** Whether an identity provider made it by SCIM. */
  is_scim_managed: z.boolean(),
});
export type Group = z.infer<typeof Group>;
export const GroupPage = nextPageOf(Group);
export const GroupDeleted = deleted("group.deleted");

/** A user of a group, as lists show it. */
export const GroupUser = z.strictObject({ id: z.string(), email: z.string(), name: z.string() });
export type GroupUser = z.infer<typeof GroupUser>;
export const GroupUserPage = nextPageOf(GroupUser);

/** `name` is the address where the user has no name; `picture` is always null. */
export const GroupUserDetails = GroupUser.extend({
  picture: z.null(),
  is_service_account: z.literal(false),
  user_type: z.literal("user"),
});
export const GroupUserAdded = z.strictObject({
  object: z.literal("group.user"),
  group_id: z.string(),
  user_id: z.string(),
});
export const GroupUserDeleted = z.strictObject({ object: z.literal("group.user.deleted"), deleted: z.boolean() });

export const CreateGroup = z.strictObject({ name: Name });
export const UpdateGroup = z.strictObject({ name: Name });
export const CreateGroupUser = z.strictObject({ user_id: Id });

/** @default order - "asc": groups by the time of creation, users by id */
export const ListGroupsQuery = z.strictObject({ ...cursor, order: z.enum(["asc", "desc"]).default("asc") });

/** A group whose users have roles in a project. `created_at` is when it was added to the project. */
export const ProjectGroup = z.strictObject({
  object: z.literal("project.group"),
  project_id: z.string(),
  group_id: z.string(),
  group_name: z.string(),
  group_type: z.literal("group"),
  created_at: Seconds,
});
export type ProjectGroup = z.infer<typeof ProjectGroup>;
export const ProjectGroupPage = nextPageOf(ProjectGroup);
export const ProjectGroupDeleted = z.strictObject({ object: z.literal("project.group.deleted"), deleted: z.boolean() });
/** `role`: the id of a role of the project, or `owner` or `member`. */
export const CreateProjectGroup = z.strictObject({ group_id: Id, role: Id });
export const RetrieveProjectGroupQuery = z.strictObject({ group_type: z.literal("group").optional() });
