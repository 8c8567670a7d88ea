import * as z from "zod";
import { cursor, deleted, Id, Name, pageOf, Seconds } from "./page.ts";
import { InviteProject, InviteRoleName, OrganizationRoleName, ProjectRoleName } from "./records/role-names.ts";

/** The objects of OpenAI's administration API, in its shapes. */

export const Project = z.strictObject({
  id: z.string(),
  object: z.literal("organization.project"),
  name: z.string(),
  created_at: Seconds,
  archived_at: Seconds.nullable(),
  status: z.enum(["active", "archived"]),
});
export type Project = z.infer<typeof Project>;

export const ProjectUser = z.strictObject({
  object: z.literal("organization.project.user"),
  id: z.string(),
  name: z.string().nullable(),
  email: z.string(),
  role: ProjectRoleName,
  added_at: Seconds,
});
export type ProjectUser = z.infer<typeof ProjectUser>;

export const OrganizationUser = z.strictObject({
  object: z.literal("organization.user"),
  id: z.string(),
  name: z.string().nullable(),
  email: z.string(),
  role: OrganizationRoleName,
  added_at: Seconds,
});
export type OrganizationUser = z.infer<typeof OrganizationUser>;

export const Invite = z.strictObject({
  object: z.literal("organization.invite"),
  id: z.string(),
  email: z.string(),
  role: InviteRoleName,
  status: z.enum(["pending", "accepted", "expired"]),
  created_at: Seconds,
  expires_at: Seconds,
  accepted_at: Seconds.nullable(),
  projects: z.array(InviteProject),
});
export type Invite = z.infer<typeof Invite>;

export const ProjectUserDeleted = deleted("organization.project.user.deleted");
export const OrganizationUserDeleted = deleted("organization.user.deleted");
export const InviteDeleted = deleted("organization.invite.deleted");

const Email = z.email().max(254);

export const CreateProject = z.strictObject({ name: Name });
export const UpdateProject = z.strictObject({ name: Name });
/** Exactly one of `user_id` and `email` names the user. */
export const CreateProjectUser = z
  .strictObject({ user_id: Id.optional(), email: Email.optional(), role: ProjectRoleName })
  .refine((body) => (body.user_id === undefined) !== (body.email === undefined), {
    path: ["user_id"],
    message: "Send either `user_id` or `email`.",
  });
export const UpdateProjectUser = z.strictObject({ role: ProjectRoleName });
export const UpdateOrganizationUser = z.strictObject({ role: OrganizationRoleName });
/** So that an invitation is accepted in one transaction of DynamoDB, which has at most 100 actions, some ten besides these. */
export const MAX_INVITE_PROJECTS = 80;
export const CreateInvite = z.strictObject({
  email: Email,
  role: InviteRoleName,
  projects: z
    .array(InviteProject.extend({ id: Id }))
    .max(MAX_INVITE_PROJECTS)
    .refine((projects) => new Set(projects.map(({ id }) => id)).size === projects.length, "must name each project once")
    .optional(),
});

export const ListProjectsQuery = z.strictObject({
  ...cursor,
  include_archived: z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false),
});

export const ProjectPage = pageOf(Project);
export const ProjectUserPage = pageOf(ProjectUser);
export const OrganizationUserPage = pageOf(OrganizationUser);
export const InvitePage = pageOf(Invite);
