import * as z from "zod";
import { Seconds, Version } from "./field-schemas.ts";

export const GroupRecord = z.strictObject({
  kind: z.literal("group"),
  version: Version,
  id: z.string(),
  name: z.string(),
  createdAt: Seconds,
  /** Whether an identity provider made the group by SCIM, and the id that it has there. */
  isProvisioned: z.literal(true).optional(),
  externalId: z.string().optional(),
});

/** A user of a group, in the group's list. */
export const GroupUserRecord = z.strictObject({
  kind: z.literal("groupUser"),
  version: Version,
  groupId: z.string(),
  userId: z.string(),
  addedAt: Seconds,
});

/** The same, in the list of the user's groups. It has no effect once the group is gone. */
export const UserGroupRecord = z.strictObject({
  kind: z.literal("userGroup"),
  version: Version,
  userId: z.string(),
  groupId: z.string(),
  /** When the membership ends that an ID token has shown, unless a later one shows it too. @default - it does not end by itself */
  heldUntil: Seconds.exactOptional(),
});

/** A group in a project, in the project's list. */
export const ProjectGroupRecord = z.strictObject({
  kind: z.literal("projectGroup"),
  version: Version,
  projectId: z.string(),
  groupId: z.string(),
  addedAt: Seconds,
  /** Tells the keys that people get by the group from those that were ended before. @default - `addedAt` does */
  accessId: z.string().exactOptional(),
});

/** The same, in the list of the group's projects. */
export const GroupProjectRecord = z.strictObject({
  kind: z.literal("groupProject"),
  version: Version,
  groupId: z.string(),
  projectId: z.string(),
});

/** `organization`, or the id of a project: where a role is and holds. */
const ResourceId = z.string();

/** A role of one's own. */
export const RoleRecord = z.strictObject({
  kind: z.literal("role"),
  version: Version,
  resourceId: ResourceId,
  id: z.string(),
  name: z.string(),
  /** @default - none */
  description: z.string().optional(),
  /** Scopes. One that this release does not know permits nothing. */
  permissions: z.array(z.string()),
  createdAt: Seconds,
  /** Id of the user. */
  createdBy: z.string(),
  /** @default - it was not changed */
  updatedAt: Seconds.optional(),
});

/** Changed with each of the roles of an organisation or project: so that no two get the same name, nor exceed their number. */
export const RoleListRecord = z.strictObject({ kind: z.literal("roleList"), version: Version, resourceId: ResourceId });

/**
 * A user or a group has a role. Each change of these raises the version of the user or group, so that a request which was
 * permitted by a role can be made to hold only while its user has it. It has no effect once the role is gone.
 */
export const RoleAssignmentRecord = z.strictObject({
  kind: z.literal("roleAssignment"),
  version: Version,
  resourceId: ResourceId,
  /** Id of the user or group. */
  principalId: z.string(),
  roleId: z.string(),
  createdAt: Seconds,
});
