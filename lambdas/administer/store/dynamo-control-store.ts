import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { RecordKind, RecordOf } from "../../../contracts/control/records.ts";
import { type ApiKeyItem, StoredApiKey } from "../../../contracts/processes/auth.ts";
import { keyWithoutHash, USE_ATTRIBUTES } from "../../../domain/keys/key-without-hash.ts";
import { adminKeyUseUpdate } from "../../../domain/tenancy/admin-key-use.ts";
import { markedEvent, unsealedKey } from "../../../domain/tenancy/audit-marks.ts";
import { type Change, ID_MARK, type RecordKey } from "../../../domain/tenancy/changes.ts";
import {
  type ControlTables,
  itemKey,
  partitionOf,
  storedEvent,
  storedRecord,
  transactActions,
} from "../../../domain/tenancy/control-items.ts";
import { isLostRace } from "../../../domain/tenancy/lost-race.ts";
import { isSortKey } from "../../../lib/sort-key.ts";
import type { ControlStore, EventPage, ListRange, OtherAction, RecordPage } from "./control-store.ts";

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
    const { items, hasMore } = await this.#items(organizationId, range);
    return { records: items.map((item) => recordIn(item, range.kind)), hasMore };
  }

  async listEvents(organizationId: string, range: ListRange<"event">): Promise<EventPage> {
    const { items, hasMore } = await this.#items(organizationId, range);
    return { records: items.map((item) => storedEvent(item) ?? unreadable(item, "event")), hasMore };
  }

  async #items(organizationId: string, range: ListRange<RecordKind>) {
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
    return { items: items.slice(0, limit), hasMore: items.length > limit };
  }

  async waitingEvents(organizationId: string, oldest: string, newest: string): Promise<ReadonlySet<string>> {
    const [from, to] = [unsealedKey(organizationId, oldest), unsealedKey(organizationId, newest)];
    const ids = new Set<string>();
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tables.control,
        KeyConditionExpression: "organizationId = :partition AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":partition": from.organizationId, ":from": from.recordId, ":to": to.recordId },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages)
      for (const { recordId } of Items) ids.add(markedEvent(String(recordId)).eventId);
    return ids;
  }

  async keyLastUsedAt(keyId: string): Promise<string | undefined> {
    const item = await this.#keysItem(keyId, "lastUsedAt");
    return StoredApiKey.shape.lastUsedAt.parse(item?.lastUsedAt);
  }

  async keyProject(keyId: string): Promise<{ readonly projectId: string | undefined } | undefined> {
    if (!StoredApiKey.shape.keyId.safeParse(keyId).success) return undefined;
    const item = await this.#keysItem(keyId, "keyId, projectId, kind", true);
    // An item of a kind is no key.
    if (item === undefined || item.kind !== undefined) return undefined;
    return { projectId: StoredApiKey.shape.projectId.parse(item.projectId) };
  }

  async keyUse(keyId: string): Promise<ApiKeyItem | undefined> {
    return keyWithoutHash(await this.#keysItem(keyId, USE_ATTRIBUTES.join(", "), true));
  }

  async isEnded(itemId: string): Promise<boolean> {
    return (await this.#keysItem(itemId, "keyId", true)) !== undefined;
  }

  async limitsVersion(itemId: string): Promise<number> {
    const item = await this.#keysItem(itemId, "version", true);
    return z.int().positive().optional().parse(item?.version) ?? 0;
  }

  async needsCredit(itemId: string): Promise<boolean> {
    return (await this.#keysItem(itemId, "credits", true))?.credits !== undefined;
  }

  async #keysItem(keyId: string, attributes: string, isConsistent = false) {
    const names = attributes.split(", ");
    const { Item: item } = await this.#client.send(
      new GetCommand({
        TableName: this.#tables.keys,
        Key: { keyId },
        ProjectionExpression: names.map((name) => `#${name}`).join(", "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ConsistentRead: isConsistent,
      }),
    );
    return item;
  }

  async adminKeyUsed(organizationId: string, id: string, at: number): Promise<void> {
    const update = adminKeyUseUpdate(organizationId, id, at);
    try {
      await this.#client.send(new UpdateCommand({ TableName: this.#tables.control, ...update }));
    } catch (error) {
      // Another request has stored its use, or the key is being deleted.
      if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) return;
      throw error;
    }
  }

  async write(
    organizationId: string,
    changes: readonly Change[],
    others: readonly OtherAction[] = [],
  ): Promise<boolean> {
    const TransactItems = [...transactActions(this.#tables, organizationId, changes), ...others];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLostRace(error.CancellationReasons)) return false;
      throw error;
    }
  }
}

/** @throws {Error} for a record that this version can't read: it is never taken for one that does not exist */
function recordIn<K extends RecordKind>(item: Readonly<Record<string, unknown>>, kind: K): RecordOf<K> {
  return storedRecord(item, kind) ?? unreadable(item, kind);
}

function unreadable({ recordId }: Readonly<Record<string, unknown>>, kind: RecordKind): never {
  throw new Error(`The control table's item ${String(recordId)} is not a valid ${kind}; restore it from a backup.`);
}
