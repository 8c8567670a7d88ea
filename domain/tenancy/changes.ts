import type { ControlRecord, RecordKind } from "../../contracts/control/records.ts";
import type { CreditGrant, SubjectLimits } from "../../contracts/limits/use-limit.ts";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import type { KeepDays } from "../../contracts/retention/retention.ts";
import type { NewRestrictions } from "../keys/key-updates.ts";

/** Names one record of an organisation: its kind, and its ids from the outermost to its own. */
export interface RecordKey<K extends RecordKind = RecordKind> {
  readonly kind: K;
  readonly ids: readonly string[];
}

/**
 * One change of a transaction. All but `create` hold only while the stored record has `version`; `require` changes
 * nothing.
 */
export type Change =
  | { readonly action: "create"; readonly record: ControlRecord }
  | { readonly action: "replace"; readonly record: ControlRecord; readonly version: number }
  | { readonly action: "remove"; readonly key: RecordKey; readonly version: number }
  | { readonly action: "require"; readonly key: RecordKey; readonly version: number }
  | KeyChange;

/**
 * A change of the keys table, of keys for models and of limits of their use. `revokeKey` holds for every key that exists, `restrictKey` and
 * `replaceSecret` for those that were not revoked, `endProjectKeys` and `endAccess` always, `setLimits`, `setCredits`, `setKeepDays` and `setHeld` while the item of the limits has `version`.
 */
export type KeyChange =
  | { readonly action: "endProjectKeys"; readonly projectId: string; readonly at: Date }
  | { readonly action: "endAccess"; readonly access: string; readonly at: Date }
  | {
      readonly action: "createKey";
      readonly item: ApiKeyItem;
      /** Unix seconds after which DynamoDB deletes the item. @default - never */
      readonly deleteAt?: number;
    }
  | { readonly action: "revokeKey"; readonly keyId: string; readonly at: Date }
  | ({ readonly action: "restrictKey"; readonly keyId: string; readonly at: Date } & NewRestrictions)
  | {
      readonly action: "replaceSecret";
      readonly keyId: string;
      /** Of the new secret. */
      readonly hash: string;
      /** Until when the secret before works. */
      readonly validUntil: Date;
      readonly at: Date;
    }
  | {
      readonly action: "setLimits";
      readonly limits: SubjectLimits;
      /** Of the item; 0 where there is none. */
      readonly version: number;
      /** Of a new subject, which needs credit from its beginning. @default - they stay as they are */
      readonly credits?: readonly CreditGrant[] | undefined;
      readonly at: Date;
    }
  | {
      readonly action: "setCredits";
      readonly subject: Pick<SubjectLimits, "scope" | "subject">;
      /** In the order in which they are used; `undefined` where no credit is needed any more. */
      readonly credits: readonly CreditGrant[] | undefined;
      /** Of the item; 0 where there is none. */
      readonly version: number;
      readonly at: Date;
    }
  | {
      readonly action: "setKeepDays";
      readonly projectId: string;
      readonly keepDays: KeepDays;
      /** Of the item of the project's limits; 0 where there is none. */
      readonly version: number;
      readonly at: Date;
    }
  | {
      readonly action: "setHeld";
      readonly subject: Pick<SubjectLimits, "scope" | "subject">;
      /** Whether a legal hold is on the subject. */
      readonly isHeld: boolean;
      /** Of the item of the subject's limits; 0 where there is none. */
      readonly version: number;
      readonly at: Date;
    };

const KEY_ACTIONS: Readonly<Record<KeyChange["action"], true>> = {
  createKey: true,
  revokeKey: true,
  restrictKey: true,
  replaceSecret: true,
  endProjectKeys: true,
  endAccess: true,
  setLimits: true,
  setCredits: true,
  setKeepDays: true,
  setHeld: true,
};

export function isKeyChange(change: Change): change is KeyChange {
  return Object.hasOwn(KEY_ACTIONS, change.action);
}

/** The key of a record. */
export function keyOf(record: ControlRecord): RecordKey {
  switch (record.kind) {
    case "membership":
      return { kind: record.kind, ids: [record.projectId, record.userId] };
    case "email":
      return { kind: record.kind, ids: [record.email] };
    case "event":
      return { kind: record.kind, ids: [record.event.id] };
    case "serviceAccount":
    case "projectKey":
      return { kind: record.kind, ids: [record.projectId, record.id] };
    case "groupUser":
      return { kind: record.kind, ids: [record.groupId, record.userId] };
    case "userGroup":
      return { kind: record.kind, ids: [record.userId, record.groupId] };
    case "personKeys":
    case "personAdminKeys":
      return { kind: record.kind, ids: [record.userId] };
    case "projectGroup":
      return { kind: record.kind, ids: [record.projectId, record.groupId] };
    case "groupProject":
      return { kind: record.kind, ids: [record.groupId, record.projectId] };
    case "role":
      return { kind: record.kind, ids: [record.resourceId, record.id] };
    case "roleList":
      return { kind: record.kind, ids: [record.resourceId] };
    case "roleAssignment":
      return { kind: record.kind, ids: [record.resourceId, record.principalId, record.roleId] };
    case "historyAccess":
      return { kind: record.kind, ids: [record.projectId, record.userId] };
    case "webhookDelivery":
      return { kind: record.kind, ids: [record.webhookId, record.id] };
    case "limits":
      return { kind: record.kind, ids: [record.scope, record.subjectId] };
    case "credit":
    case "spendAlert":
      return { kind: record.kind, ids: [record.scope, record.subjectId, record.id] };
    case "adminKeyIndex":
    case "scopedAdminKeyIndex":
    case "personAdminKeyIndex":
      return { kind: record.kind, ids: [record.keyId] };
    default:
      return { kind: record.kind, ids: [record.id] };
  }
}

/** A record must be as it was read. */
export function requireUnchanged(record: ControlRecord): Change {
  return { action: "require", key: keyOf(record), version: record.version };
}

/** Raises the version of a record that otherwise stays as it is, so that changes that depend on it come one after another. */
export function raiseVersion(record: ControlRecord): Change {
  const { version } = record;
  return { action: "replace", record: { ...record, version: version + 1 }, version };
}

/** Removes a record as it was read. */
export function removeRecord(record: ControlRecord): Change {
  return { action: "remove", key: keyOf(record), version: record.version };
}

/** The record that a change is about, as one text. */
export function changedRecord(change: Change): string {
  if (isKeyChange(change)) return "";
  return recordId("record" in change ? keyOf(change.record) : change.key);
}

/** Between the parts of a record's id. No id has it. */
export const ID_MARK = "#";

/** Sort key of a record in the control table. */
export function recordId({ kind, ids }: RecordKey): string {
  return [kind, ...ids].join(ID_MARK);
}
