import { CONTROL_TTL_ATTRIBUTE, type ControlRecord, type RecordKind } from "../../contracts/control/records.ts";
import { type Change, keyOf, type RecordKey, recordId } from "./changes.ts";

/** Keys of an item of the control table. */
export interface ControlItemKey {
  readonly organizationId: string;
  readonly recordId: string;
}

/** One action of DynamoDB's `TransactWriteItems`, in the document client's form. */
export type TransactAction =
  | { readonly Put: Conditional & { readonly Item: Record<string, unknown> } }
  | { readonly Delete: Conditional & { readonly Key: Record<string, unknown> } }
  | { readonly ConditionCheck: Conditional & { readonly Key: Record<string, unknown> } };

interface Conditional {
  readonly TableName: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** Partition of records that are found without their organisation. No organisation has this id. */
const EVERY_ORGANIZATION = "*";

/** The key of a record's item. */
export function itemKey(organizationId: string, key: RecordKey): ControlItemKey {
  return { organizationId: partitionOf(organizationId, key.kind), recordId: recordId(key) };
}

/** Partition key of an organisation's records of a kind. */
export function partitionOf(organizationId: string, kind: RecordKind): string {
  return kind === "adminKeyIndex" ? EVERY_ORGANIZATION : organizationId;
}

/** The item of a record, with its time to live where it has one. */
export function controlItem(organizationId: string, record: ControlRecord): Record<string, unknown> {
  const expiry = record.kind === "idempotency" ? { [CONTROL_TTL_ATTRIBUTE]: record.expiresAt } : {};
  return { ...itemKey(organizationId, keyOf(record)), record, ...expiry };
}

/** A change as an action of a transaction: it fails its condition when another change came first. */
export function transactAction(TableName: string, organizationId: string, change: Change): TransactAction {
  const key = "record" in change ? keyOf(change.record) : change.key;
  const Key = { ...itemKey(organizationId, key) };
  const hasVersion = (version: number) => ({
    ConditionExpression: "#record.#version = :version",
    ExpressionAttributeNames: { "#record": "record", "#version": "version" },
    ExpressionAttributeValues: { ":version": version },
  });
  switch (change.action) {
    case "create": {
      const Item = controlItem(organizationId, change.record);
      return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(recordId)" } };
    }
    case "replace": {
      const Item = controlItem(organizationId, change.record);
      return { Put: { TableName, Item, ...hasVersion(change.version) } };
    }
    case "remove":
      return { Delete: { TableName, Key, ...hasVersion(change.version) } };
    case "require":
      return { ConditionCheck: { TableName, Key, ...hasVersion(change.version) } };
  }
}
