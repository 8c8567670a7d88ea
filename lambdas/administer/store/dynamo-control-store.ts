import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { RecordKind, RecordOf } from "../../../contracts/control/records.ts";
import { type Change, ID_MARK, type RecordKey } from "../../../domain/tenancy/changes.ts";
import {
  type ControlTables,
  itemKey,
  partitionOf,
  storedRecord,
  transactActions,
} from "../../../domain/tenancy/control-items.ts";
import { isSortKey } from "../../../lib/sort-key.ts";
import type { ControlStore, ListRange, RecordPage } from "./control-store.ts";

/** Sorts after every character of an id. */
const LAST = "\uffff";

/** Stores records in a table with the keys `organizationId` and `recordId`, one item each. */
export class DynamoControlStore implements ControlStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: ControlTables;

  constructor(client: DynamoDBDocumentClient, tables: ControlTables) {
    this.#client = client;
    this.#tables = tables;
  }

  async get<K extends RecordKind>(organizationId: string, key: RecordKey<K>): Promise<RecordOf<K> | undefined> {
    const Key = itemKey(organizationId, key);
    if (key.ids.some((id) => id.includes(ID_MARK) || id === "") || !isSortKey(Key.recordId)) return undefined;
    const command = new GetCommand({ TableName: this.#tables.control, Key, ConsistentRead: true });
    const { Item: item } = await this.#client.send(command);
    return item === undefined ? undefined : recordIn(item, key.kind);
  }

  async list<K extends RecordKind>(organizationId: string, range: ListRange<K>): Promise<RecordPage<K>> {
    const { kind, within = [], after, limit, isNewestFirst = false } = range;
    const prefix = [kind, ...within, ""].join(ID_MARK);
    const from = after === undefined || isNewestFirst ? prefix : `${prefix}${after}${ID_MARK}`;
    const to = after === undefined || !isNewestFirst ? `${prefix}${LAST}` : `${prefix}${after}`;
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tables.control,
        KeyConditionExpression: "organizationId = :organization AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":organization": partitionOf(organizationId, kind), ":from": from, ":to": to },
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
    const TransactItems = [...transactActions(this.#tables, organizationId, changes)];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLostRace(error)) return false;
      throw error;
    }
  }
}

function isLostRace({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  return CancellationReasons.every(
    ({ Code }) => Code === "None" || /^(ConditionalCheckFailed|TransactionConflict)$/.test(Code ?? ""),
  );
}

/** @throws {Error} for a record that this version can't read: it is never taken for one that does not exist */
function recordIn<K extends RecordKind>(item: Readonly<Record<string, unknown>>, kind: K): RecordOf<K> {
  const record = storedRecord(item, kind);
  if (record === undefined)
    throw new Error(
      `The control table's item ${String(item.recordId)} is not a valid ${kind}; restore it from a backup.`,
    );
  return record;
}
