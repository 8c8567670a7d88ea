import * as z from "zod";
import { Seconds, Version } from "./field-schemas.ts";
import { ProjectRoleName } from "./role-names.ts";

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
  /** The service account, or the user. */
  ownerId: z.string(),
  /** @default - a service account */
  ownerType: z.literal("user").exactOptional(),
  /** Of a user's key by a group: `endedBy` of the key. @default - the user is a member of the project */
  endedBy: z.array(z.string()).exactOptional(),
  /** Whether the secret can be replaced. Releases before made keys for which it can't. */
  canRotate: z.literal(true).exactOptional(),
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
  /** Within a minute; storing it does not raise the version. @default - not used yet */
  lastUsedAt: Seconds.optional(),
  /** What it permits at most. One that this release does not know permits nothing. @default - all that its owner may do */
  scopes: z.array(z.string()).exactOptional(),
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

/** The same of a key with scopes. Releases before, which would give it all rights of its owner, don't know this kind and refuse the key. */
export const ScopedAdminKeyIndexRecord = AdminKeyIndexRecord.extend({ kind: z.literal("scopedAdminKeyIndex") });
