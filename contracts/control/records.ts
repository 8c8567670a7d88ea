import * as z from "zod";
import { AuditEvent } from "./audit-events.ts";
import { Invite, OrganizationRoleName, ProjectRoleName } from "./objects.ts";

/** What the control table stores. Each record has a version, which every change raises; times are seconds since 1970. */
const Version = z.int().positive();
const Seconds = z.int().nonnegative();

export const ProjectRecord = z.strictObject({
  kind: z.literal("project"),
  version: Version,
  id: z.string(),
  name: z.string(),
  createdAt: Seconds,
  archivedAt: Seconds.optional(),
});
export const UserRecord = z.strictObject({
  kind: z.literal("user"),
  version: Version,
  id: z.string(),
  name: z.string().optional(),
  email: z.string(),
  role: OrganizationRoleName,
  addedAt: Seconds,
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
  role: OrganizationRoleName,
  projects: Invite.shape.projects,
  createdAt: Seconds,
  expiresAt: Seconds,
  acceptedAt: Seconds.optional(),
});
export const EventRecord = z.strictObject({ kind: z.literal("event"), version: Version, event: AuditEvent });

export const ControlRecord = z.discriminatedUnion("kind", [
  ProjectRecord,
  UserRecord,
  MembershipRecord,
  EmailRecord,
  InviteRecord,
  EventRecord,
]);
export type ControlRecord = z.infer<typeof ControlRecord>;
export type RecordKind = ControlRecord["kind"];
export type RecordOf<K extends RecordKind> = Extract<ControlRecord, { readonly kind: K }>;
