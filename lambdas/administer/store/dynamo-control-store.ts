import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { ControlRecord, type RecordKind, type RecordOf } from "../../../contracts/control/records.ts";
import { parseStored } from "../../../lib/parse-stored.ts";
import {
  type Change,
  type ControlStore,
  keyOf,
  type ListRange,
  type RecordKey,
  type RecordPage,
} from "./control-store.ts";

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/** Between the parts of a record's id. No id has it. */
const MARK = "#";
/** Sorts after every character of an id. */
const LAST = "\uffff";

/** Stores records in a table with the keys `organizationId` and `recordId`, one item each. */
export class DynamoControlStore implements ControlStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async get<K extends RecordKind>(organizationId: string, key: RecordKey<K>): Promise<RecordOf<K> | undefined> {
    if (key.ids.some((id) => id.includes(MARK) || id === "")) return undefined;
    const command = new GetCommand({
      TableName: this.#tableName,
      Key: { organizationId, recordId: recordId(key) },
      ConsistentRead: true,
    });
    const { Item: item } = await this.#client.send(command);
    return item === undefined ? undefined : recordIn(item, key.kind);
  }

  async list<K extends RecordKind>(organizationId: string, range: ListRange<K>): Promise<RecordPage<K>> {
    const { kind, within = [], after, limit, isNewestFirst = false } = range;
    const prefix = [kind, ...within, ""].join(MARK);
    const from = after === undefined || isNewestFirst ? prefix : `${prefix}${after}${MARK}`;
    const to = after === undefined || !isNewestFirst ? `${prefix}${LAST}` : `${prefix}${after}`;
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: "organizationId = :organization AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":organization": organizationId, ":from": from, ":to": to },
        ConsistentRead: true,
        ScanIndexForward: !isNewestFirst,
        Limit: limit + 2,
      },
    );
    for await (const { Items = [] } of pages) {
      // The bounds belong to the range: the record with which the last page ended is not of this one.
      items.push(...Items.filter((item) => after === undefined || item.recordId !== `${prefix}${after}`));
      if (items.length > limit) break;
    }
    return { records: items.slice(0, limit).map((item) => recordIn(item, kind)), hasMore: items.length > limit };
  }

  async write(organizationId: string, changes: readonly Change[]): Promise<boolean> {
    const TransactItems = changes.map((change) => transactItem(this.#tableName, organizationId, change));
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLostRace(error)) return false;
      throw error;
    }
  }
}

function transactItem(TableName: string, organizationId: string, change: Change): TransactItem {
  const key = "record" in change ? keyOf(change.record) : change.key;
  const Key = { organizationId, recordId: recordId(key) };
  const hasVersion = (version: number) => ({
    ConditionExpression: "#record.#version = :version",
    ExpressionAttributeNames: { "#record": "record", "#version": "version" },
    ExpressionAttributeValues: { ":version": version },
  });
  switch (change.action) {
    case "create": {
      const Item = { ...Key, record: change.record };
      return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(recordId)" } };
    }
    case "replace":
      return { Put: { TableName, Item: { ...Key, record: change.record }, ...hasVersion(change.version) } };
    case "remove":
      return { Delete: { TableName, Key, ...hasVersion(change.version) } };
    case "require":
      return { ConditionCheck: { TableName, Key, ...hasVersion(change.version) } };
  }
}

function isLostRace({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  return CancellationReasons.every(
    ({ Code }) => Code === "None" || /^(ConditionalCheckFailed|TransactionConflict)$/.test(Code ?? ""),
  );
}

function recordId({ kind, ids }: RecordKey): string {
  return [kind, ...ids].join(MARK);
}

/** @throws {Error} for a record that this version can't read: it is never taken for one that does not exist */
function recordIn<K extends RecordKind>(item: Readonly<Record<string, unknown>>, kind: K): RecordOf<K> {
  const record = parseStored(ControlRecord, item.record);
  if (record === undefined || !isOfKind(record, kind))
    throw new Error(
      `The control table's item ${String(item.recordId)} is not a valid ${kind}; restore it from a backup.`,
    );
  return record;
}

function isOfKind<K extends RecordKind>(record: ControlRecord, kind: K): record is RecordOf<K> {
  return record.kind === kind;
}
