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
import { Seconds, Version } from "./records/field-schemas.ts";
import {
  GroupProjectRecord,
  GroupRecord,
  GroupUserRecord,
  ProjectGroupRecord,
  RoleAssignmentRecord,
  RoleListRecord,
  RoleRecord,
  UserGroupRecord,
} from "./records/group-records.ts";
import {
  AdminKeyIndexRecord,
  AdminKeyRecord,
  ProjectKeyRecord,
  ScopedAdminKeyIndexRecord,
  ServiceAccountRecord,
} from "./records/key-records.ts";
import {
  EmailRecord,
  InviteRecord,
  MembershipRecord,
  OrganizationRecord,
  ProjectRecord,
  ScimUserRecord,
  UserRecord,
} from "./records/organization-records.ts";

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

/** What the control table stores. */
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
  ScopedAdminKeyIndexRecord,
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
