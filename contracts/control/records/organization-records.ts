import * as z from "zod";
import { Seconds, Version } from "./field-schemas.ts";
import { InviteProject, InviteRoleName, OrganizationRoleName, ProjectRoleName } from "./role-names.ts";

export const ProjectRecord = z.strictObject({
  kind: z.literal("project"),
  version: Version,
  id: z.string(),
  name: z.string(),
  createdAt: Seconds,
  archivedAt: Seconds.optional(),
  /** Whether the keys table has the item that ends the keys of the archived project. Releases before did not write it. */
  hasKeysEnded: z.boolean().optional(),
});

export const UserRecord = z.strictObject({
  kind: z.literal("user"),
  version: Version,
  id: z.string(),
  name: z.string().optional(),
  email: z.string(),
  role: OrganizationRoleName,
  addedAt: Seconds,
  /** When the ID token was made by which the user's groups were changed last. @default - by none */
  groupsAt: Seconds.exactOptional(),
  /** When the identity provider activated the user again: admin keys from before have ended. @default - never */
  reactivatedAt: Seconds.exactOptional(),
});

/** What an identity provider says of a user by SCIM. While the user is not active there is no record of kind `user`. */
export const ScimUserRecord = z.strictObject({
  kind: z.literal("scimUser"),
  version: Version,
  /** The user's. */
  id: z.string(),
  /** The e-mail address. */
  userName: z.string(),
  externalId: z.string().optional(),
  displayName: z.string().optional(),
  formatted: z.string().optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  /** The role that the user had, or gets once active. */
  role: OrganizationRoleName,
  /** The last version of the user's record, so that none is used twice. */
  userVersion: z.int().nonnegative(),
  createdAt: Seconds,
  updatedAt: Seconds,
});

/** A user's membership of a project. */
export const MembershipRecord = z.strictObject({
  kind: z.literal("membership"),
  version: Version,
  projectId: z.string(),
  userId: z.string(),
  role: ProjectRoleName,
  addedAt: Seconds,
});

/** Makes an e-mail address belong to one user or invitation of the organisation. */
export const EmailRecord = z.strictObject({
  kind: z.literal("email"),
  version: Version,
  email: z.string(),
  /** Of the user or the invitation. */
  ownerId: z.string(),
});

export const InviteRecord = z.strictObject({
  kind: z.literal("invite"),
  version: Version,
  id: z.string(),
  email: z.string(),
  role: InviteRoleName,
  projects: z.array(InviteProject),
  createdAt: Seconds,
  expiresAt: Seconds,
  acceptedAt: Seconds.optional(),
});

export const OrganizationRecord = z.strictObject({
  kind: z.literal("organization"),
  version: Version,
  id: z.string(),
  createdAt: Seconds,
});
