import type { ControlRecord, RecordKind } from "../../contracts/control/records.ts";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";

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

/** A change of the keys table, of keys for models. `revokeKey` holds for every key that exists. */
export type KeyChange =
  | { readonly action: "createKey"; readonly item: ApiKeyItem }
  | { readonly action: "revokeKey"; readonly keyId: string; readonly at: Date };

export function isKeyChange(change: Change): change is KeyChange {
  return change.action === "createKey" || change.action === "revokeKey";
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
    case "adminKeyIndex":
      return { kind: record.kind, ids: [record.keyId] };
    default:
      return { kind: record.kind, ids: [record.id] };
  }
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
