import {
  CONTROL_TTL_ATTRIBUTE,
  ControlRecord,
  type RecordKind,
  type RecordOf,
  StoredEventRecord,
} from "../../contracts/control/records.ts";
import { KEYS_TTL_ATTRIBUTE } from "../../contracts/processes/auth.ts";
import { parseStored } from "../../lib/parse-stored.ts";
import { archiveUpdate } from "../keys/archived-project.ts";
import { endAccessUpdate } from "../keys/ended-access.ts";
import {
  countChangeUpdate,
  type KeyUpdate,
  replaceSecretUpdate,
  restrictUpdate,
  revokeUpdate,
} from "../keys/key-updates.ts";
import {
  subjectCreditsUpdate,
  subjectHeldUpdate,
  subjectKeepDaysUpdate,
  subjectLimitsUpdate,
} from "../limits/subject-limits.ts";
import { unsealedKey, unsignedKey } from "./audit-marks.ts";
import { type Change, isKeyChange, type KeyChange, keyOf, type RecordKey, recordId } from "./changes.ts";
import { dueKey, unsentKey } from "./notice-marks.ts";
import { isPending, PENDING_KINDS, pendingKey } from "./pending-marks.ts";

/** Keys of an item of the control table. */
export interface ControlItemKey {
  readonly organizationId: string;
  readonly recordId: string;
}

/** One action of DynamoDB's `TransactWriteItems`, in the document client's form. */
export type TransactAction =
  | { readonly Put: Conditional & { readonly Item: Record<string, unknown> } }
  | { readonly Delete: Conditional & { readonly Key: Record<string, unknown> } }
  | { readonly Update: KeyUpdate & { readonly TableName: string } }
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

/** The kinds of records by which a key finds its organisation. */
const INDEX_KINDS: readonly RecordKind[] = ["adminKeyIndex", "scopedAdminKeyIndex", "personAdminKeyIndex"];

/** Partition key of an organisation's records of a kind. */
export function partitionOf(organizationId: string, kind: RecordKind): string {
  return INDEX_KINDS.includes(kind) ? EVERY_ORGANIZATION : organizationId;
}

/** The item of a record, with its time to live where it has one. */
export function controlItem(organizationId: string, record: ControlRecord): Record<string, unknown> {
  const expiry = endsByItself(record) ? { [CONTROL_TTL_ATTRIBUTE]: record.expiresAt } : {};
  return { ...itemKey(organizationId, keyOf(record)), record, ...expiry };
}

/** The kinds of records that DynamoDB deletes after their end. */
const ENDING_KINDS = [
  "idempotency",
  "personKeys",
  "personAdminKeys",
  "personAdminKeyIndex",
  "browserSession",
  "signInSubject",
  "historyAccess",
  "notice",
  "webhookDelivery",
] as const;

function endsByItself(record: ControlRecord): record is RecordOf<(typeof ENDING_KINDS)[number]> {
  return ENDING_KINDS.some((kind) => kind === record.kind);
}

/** @returns the record in an item; `undefined` when it is none of this kind that this release can read */
export function storedRecord<K extends RecordKind>(
  item: Readonly<Record<string, unknown>>,
  kind: K,
): RecordOf<K> | undefined {
  const record = parseStored(ControlRecord, item.record);
  return record !== undefined && isOfKind(record, kind) ? record : undefined;
}

/**
 * An event for a list. One that this release can read is without what it does not know; any other one is as it is stored.
 * @returns `undefined` where the item has no event
 */
export function storedEvent(item: Readonly<Record<string, unknown>>): StoredEventRecord | undefined {
  return storedRecord(item, "event") ?? StoredEventRecord.safeParse(item.record).data;
}

function isOfKind<K extends RecordKind>(record: ControlRecord, kind: K): record is RecordOf<K> {
  return record.kind === kind;
}

/** Names of the tables that a transaction may be about. */
export interface ControlTables {
  readonly control: string;
  /** Of keys for models. */
  readonly keys: string;
}

/**
 * Changes as the actions of one transaction, which fails a condition when another change came first. Where keys
 * end or their limits change, the change is counted, so that gateways read it. Each event gets the mark by which the sealer
 * finds it, and so does a completed erasure; each notice and pending delivery
 * gets that by which its sender does, and an erasure that is not completed that by which the scheduled run does.
 */
export function transactActions(
  { control, keys }: ControlTables,
  organizationId: string,
  changes: readonly Change[],
): readonly TransactAction[] {
  const counted = changes.filter(isKeyChange).find((change) => change.action !== "createKey");
  const events = changes.flatMap((change) =>
    change.action === "create" && change.record.kind === "event" ? [change.record.event.id] : [],
  );
  const notices = changes.flatMap((change) =>
    change.action === "create" && change.record.kind === "notice" ? [change.record.id] : [],
  );
  return [
    ...changes.map((change) =>
      isKeyChange(change) ? keyAction(keys, change) : recordAction(control, organizationId, change),
    ),
    ...[
      ...events.map((id) => unsealedKey(organizationId, id)),
      ...notices.map((id) => unsentKey(organizationId, id)),
    ].map((Item) => ({
      Put: { TableName: control, Item, ConditionExpression: "attribute_not_exists(recordId)" },
    })),
    ...changes.flatMap((change) =>
      "record" in change && isUnsignedErasure(change.record)
        ? [{ Put: { TableName: control, Item: unsignedKey(organizationId, change.record.id), ...ALWAYS } }]
        : [],
    ),
    ...changes.flatMap((change) => dueAction(control, organizationId, change)),
    ...changes.flatMap((change) => pendingAction(control, organizationId, change)),
    ...(counted ? [{ Update: { TableName: keys, ...countChangeUpdate(counted.at) } }] : []),
  ];
}

/** A condition that every item meets, also one that is not there. */
const ALWAYS = { ConditionExpression: "attribute_not_exists(recordId) OR attribute_exists(recordId)" } as const;

/** An erasure that is completed and whose report has no signature. */
function isUnsignedErasure(record: ControlRecord): record is RecordOf<"erasure"> {
  return record.kind === "erasure" && record.completedAt !== undefined && record.signed === undefined;
}

/** While a delivery is pending, its mark says when it is due. */
function dueAction(TableName: string, organizationId: string, change: Change): readonly TransactAction[] {
  if (!("record" in change) || change.record.kind !== "webhookDelivery") return [];
  const { webhookId, id, status, nextAttemptAt } = change.record;
  const Key = dueKey(organizationId, webhookId, id);
  if (status === "pending") return [{ Put: { TableName, Item: { ...Key, nextAttemptAt }, ...ALWAYS } }];
  return change.action === "create" ? [] : [{ Delete: { TableName, Key, ...ALWAYS } }];
}

/** While the work of a record is not done, its mark is there. */
function pendingAction(TableName: string, organizationId: string, change: Change): readonly TransactAction[] {
  if (!("record" in change)) return [];
  const kind = PENDING_KINDS.find((one) => one === change.record.kind);
  const isOpen = isPending(change.record);
  if (kind === undefined || isOpen === undefined) return [];
  const Key = pendingKey({ kind, organizationId, id: recordIdOf(change.record) });
  return [isOpen ? { Put: { TableName, Item: Key, ...ALWAYS } } : { Delete: { TableName, Key, ...ALWAYS } }];
}

function recordIdOf(record: ControlRecord): string {
  return keyOf(record).ids.at(-1) ?? "";
}

function keyAction(TableName: string, change: KeyChange): TransactAction {
  switch (change.action) {
    case "createKey": {
      const { item, deleteAt } = change;
      const Item = { ...item, ...(deleteAt === undefined ? {} : { [KEYS_TTL_ATTRIBUTE]: deleteAt }) };
      return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(keyId)" } };
    }
    case "revokeKey":
      return { Update: { TableName, ...revokeUpdate(change.keyId, change.at) } };
    case "restrictKey":
      return { Update: { TableName, ...restrictUpdate(change.keyId, change) } };
    case "replaceSecret":
      return { Update: { TableName, ...replaceSecretUpdate(change.keyId, change.hash, change.validUntil) } };
    case "setLimits":
      return {
        Update: { TableName, ...subjectLimitsUpdate(change.limits, change.version, change.at, change.credits) },
      };
    case "setCredits":
      return {
        Update: { TableName, ...subjectCreditsUpdate(change.subject, change.credits, change.version, change.at) },
      };
    case "setKeepDays": {
      const { projectId: subject, keepDays, version, at } = change;
      return { Update: { TableName, ...subjectKeepDaysUpdate({ scope: "project", subject }, keepDays, version, at) } };
    }
    case "setHeld": {
      const { subject, isHeld, version, at } = change;
      return { Update: { TableName, ...subjectHeldUpdate(subject, isHeld, version, at) } };
    }
    case "endProjectKeys":
      return { Update: { TableName, ...archiveUpdate(change.projectId, change.at) } };
    case "endAccess":
      return { Update: { TableName, ...endAccessUpdate(change.access, change.at) } };
  }
}

function recordAction(TableName: string, organizationId: string, change: Exclude<Change, KeyChange>): TransactAction {
  const key = "record" in change ? keyOf(change.record) : change.key;
  const Key = { ...itemKey(organizationId, key) };
  const hasVersion = (version: number) => ({
    ConditionExpression: "#record.#version = :version",
    ExpressionAttributeNames: { "#record": "record", "#version": "version" },
    ExpressionAttributeValues: { ":version": version },
  });
  switch (change.action) {
    case "create": {
      const { record } = change;
      const Item = controlItem(organizationId, record.kind === "event" ? { ...record, hasMark: true } : record);
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
