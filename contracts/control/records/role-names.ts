import * as z from "zod";

/** `member` is Sluice's own: it reads what is the user's alone, beside the user's projects. */
export const OrganizationRoleName = z.enum(["owner", "reader", "member"]);
/** A role of an invitation. */
export const InviteRoleName = OrganizationRoleName.exclude(["member"]);
export const ProjectRoleName = z.enum(["owner", "member"]);

/** A project of an invitation, and the role that the invited person gets in it. */
export const InviteProject = z.strictObject({ id: z.string(), role: ProjectRoleName });
