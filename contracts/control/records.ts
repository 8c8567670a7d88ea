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
export const OrganizationRecord = z.strictObject({
  kind: z.literal("organization"),
  version: Version,
  id: z.string(),
  createdAt: Seconds,
});
/** A member of a project that is no person. */
export const ServiceAccountRecord = z.strictObject({
  kind: z.literal("serviceAccount"),
  version: Version,
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  role: ProjectRoleName,
  createdAt: Seconds,
});
/** A key for models of a project. Secret and use are in the keys table. */
export const ProjectKeyRecord = z.strictObject({
  kind: z.literal("projectKey"),
  version: Version,
  /** `key_` and the id in the keys table. */
  id: z.string(),
  keyId: z.string(),
  projectId: z.string(),
  /** The service account. */
  ownerId: z.string(),
  name: z.string(),
  /** Start and end of the secret, as lists show it. */
  redacted: z.string(),
  createdAt: Seconds,
  /** @default - it does not expire */
  expiresAt: Seconds.optional(),
});
/** An admin key, which acts as its owner. The secret is not stored: only its SHA-256, in hex. */
export const AdminKeyRecord = z.strictObject({
  kind: z.literal("adminKey"),
  version: Version,
  id: z.string(),
  /** The public part of the secret. */
  keyId: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  /** Start and end of the secret, as lists show it. */
  redacted: z.string(),
  /** The user whose roles it has. */
  ownerId: z.string(),
  createdAt: Seconds,
  /** @default - it does not expire */
  expiresAt: Seconds.optional(),
});
/** Where the admin key with a secret's public part is. */
export const AdminKeyIndexRecord = z.strictObject({
  kind: z.literal("adminKeyIndex"),
  version: Version,
  keyId: z.string(),
  organizationId: z.string(),
  /** Of the admin key. */
  id: z.string(),
});
/** The response to a request with an `Idempotency-Key`, for a client that sends it again. */
export const IdempotencyRecord = z.strictObject({
  kind: z.literal("idempotency"),
  version: Version,
  /** SHA-256 of the caller's key and the header, in hex. */
  id: z.string(),
  /** SHA-256 of method, path and body, in hex. */
  request: z.string(),
  /** The response, encrypted with a key that only the client can derive. */
  sealed: z.string(),
  expiresAt: Seconds,
});
/** Attribute of the control table after whose time, in Unix seconds, DynamoDB deletes an item. */
export const CONTROL_TTL_ATTRIBUTE = "expireAt";
export const EventRecord = z.strictObject({ kind: z.literal("event"), version: Version, event: AuditEvent });

export const ControlRecord = z.discriminatedUnion("kind", [
  ProjectRecord,
  UserRecord,
  MembershipRecord,
  EmailRecord,
  InviteRecord,
  EventRecord,
  OrganizationRecord,
  ServiceAccountRecord,
  ProjectKeyRecord,
  AdminKeyRecord,
  AdminKeyIndexRecord,
  IdempotencyRecord,
]);
export type ControlRecord = z.infer<typeof ControlRecord>;
export type RecordKind = ControlRecord["kind"];
export type RecordOf<K extends RecordKind> = Extract<ControlRecord, { readonly kind: K }>;
