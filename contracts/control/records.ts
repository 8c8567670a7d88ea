import * as z from "zod";
import { BillingCustomerRecord } from "../billing/records.ts";
import { ErasureRecord, LegalHoldsRecord } from "../erasure/records.ts";
import { DataRetention } from "../history/data-retention.ts";
import {
  LimitScope,
  MAX_LIMITS_OF_SUBJECT,
  ModelPermissions,
  ShareWeight,
  TierName,
  UseLimit,
} from "../limits/use-limit.ts";
import { NoticeRecord, SpendAlertRecord, WebhookDeliveryRecord, WebhookRecord } from "../notices/records.ts";
import { RetentionRecord } from "../retention/retention.ts";
import {
  BrowserSessionRecord,
  PersonAdminKeyIndexRecord,
  PersonAdminKeysRecord,
  PersonKeysRecord,
  SignInSubjectRecord,
} from "../sign-in/records.ts";
import { AuditEvent, StoredAuditEvent } from "./audit-events.ts";
import { CreditScope } from "./credits.ts";
import { Invite, InviteRoleName, OrganizationRoleName, ProjectRoleName } from "./objects.ts";

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
/** What limits the use of one subject. Gateways read the same from the keys table. It stays when all of it was taken away. */
export const LimitsRecord = z.strictObject({
  kind: z.literal("limits"),
  version: Version,
  scope: LimitScope,
  /** Id in this API; `organization` for the organisation. */
  subjectId: z.string(),
  limits: z.array(UseLimit).max(MAX_LIMITS_OF_SUBJECT),
  /** Of a project. @default - all models */
  models: ModelPermissions.optional(),
  /** Of a project or the organisation. @default - nothing was chosen for it */
  retention: DataRetention.optional(),
  /** Of a project. @default 1 */
  weight: ShareWeight.optional(),
  /** Of a project or key. @default - none */
  tier: TierName.optional(),
  updatedAt: Seconds,
});
/** Prepaid credit that was granted to an organisation or project. It stays when it is used up, has expired or was revoked. */
export const CreditRecord = z.strictObject({
  kind: z.literal("credit"),
  version: Version,
  id: z.string(),
  scope: CreditScope,
  /** Id of the project; `organization` for the organisation. */
  subjectId: z.string(),
  /** Nano-dollars. */
  amount: z.int().positive(),
  description: z.string().optional(),
  createdAt: Seconds,
  /** @default - it does not expire */
  expiresAt: Seconds.optional(),
  /** @default - it was not revoked */
  revokedAt: Seconds.optional(),
  /** What requests used beyond earlier grants, which this one pays: by the grant's id, nano-dollars. @default - nothing */
  pays: z.array(z.strictObject({ creditId: z.string(), amount: z.int().positive() })).optional(),
});
/** A user may read the content of others' history in a project until `expiresAt`. */
export const HistoryAccessRecord = z.strictObject({
  kind: z.literal("historyAccess"),
  version: Version,
  projectId: z.string(),
  userId: z.string(),
  reason: z.string(),
  expiresAt: Seconds,
});
export const EventRecord = z.strictObject({
  kind: z.literal("event"),
  version: Version,
  event: AuditEvent,
  /** Whether the event got a mark by which the sealer finds it. Releases before the sealer did not write it. */
  hasMark: z.literal(true).exactOptional(),
});
/** How an event is read for a list: also one that a newer release has written. */
export const StoredEventRecord = z.looseObject({
  kind: z.literal("event"),
  event: StoredAuditEvent,
  hasMark: z.literal(true).optional(),
});
export type StoredEventRecord = z.infer<typeof StoredEventRecord>;

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
  PersonKeysRecord,
  PersonAdminKeysRecord,
  PersonAdminKeyIndexRecord,
  BrowserSessionRecord,
  SignInSubjectRecord,
  AdminKeyRecord,
  AdminKeyIndexRecord,
  IdempotencyRecord,
  GroupRecord,
  ScimUserRecord,
  GroupUserRecord,
  UserGroupRecord,
  ProjectGroupRecord,
  GroupProjectRecord,
  RoleRecord,
  RoleListRecord,
  RoleAssignmentRecord,
  LimitsRecord,
  CreditRecord,
  HistoryAccessRecord,
  ErasureRecord,
  SpendAlertRecord,
  NoticeRecord,
  LegalHoldsRecord,
  RetentionRecord,
  WebhookRecord,
  WebhookDeliveryRecord,
  BillingCustomerRecord,
]);
export type ControlRecord = z.infer<typeof ControlRecord>;
export type RecordKind = ControlRecord["kind"];
export type RecordOf<K extends RecordKind> = Extract<ControlRecord, { readonly kind: K }>;
