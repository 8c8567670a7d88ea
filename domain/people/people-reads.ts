import type { RecordKind, RecordOf } from "../../contracts/control/records.ts";
import { isSortKey } from "../../lib/sort-key.ts";
import { ID_MARK, type RecordKey } from "../tenancy/changes.ts";
import { itemKey, partitionOf, storedRecord } from "../tenancy/control-items.ts";
import type { FoundAddress } from "../tenancy/join-organization.ts";

/** Pages of 1 MB of memberships that are searched for a user's: some 20,000 memberships. */
const MAX_PAGES = 5;

/** A user is in 10 groups at most, and a group has 20 roles at most in a project. */
const MAX_LISTED = 100;

type Item = Record<string, unknown>;

/** `GetItem` and `Query` of DynamoDB, in the document client's form. */
export interface TableReads {
  readonly get: (input: {
    readonly TableName: string;
    readonly Key: Item;
    readonly ConsistentRead: true;
  }) => Promise<{ readonly Item?: Item | undefined }>;
  readonly query: (input: {
    readonly TableName: string;
    readonly KeyConditionExpression: string;
    readonly FilterExpression?: string;
    readonly ExpressionAttributeNames?: Record<string, string>;
    readonly ExpressionAttributeValues: Item;
    readonly ConsistentRead: true;
    readonly Limit?: number;
    readonly ExclusiveStartKey?: Item | undefined;
  }) => Promise<{ readonly Items?: Item[] | undefined; readonly LastEvaluatedKey?: Item | undefined }>;
}

/** People of one organisation and their projects, as the control table has them now. */
export class PeopleReads {
  readonly #table: TableReads;
  readonly #tableName: string;
  readonly organizationId: string;

  constructor(table: TableReads, tableName: string, organizationId: string) {
    this.#table = table;
    this.#tableName = tableName;
    this.organizationId = organizationId;
  }

  /** @param email in lower case */
  async find(email: string): Promise<FoundAddress> {
    const owned = await this.get({ kind: "email", ids: [email] });
    if (owned === undefined) return { email: undefined, user: undefined, invite: undefined };
    const [user, invite, provisioned] = await Promise.all([
      this.get({ kind: "user", ids: [owned.ownerId] }),
      this.get({ kind: "invite", ids: [owned.ownerId] }),
      this.get({ kind: "scimUser", ids: [owned.ownerId] }),
    ]);
    return { email: owned, user, invite, provisioned };
  }

  /** @throws {Error} for a record that this version can't read: it is never taken for one that does not exist */
  async get<K extends RecordKind>(key: RecordKey<K>): Promise<RecordOf<K> | undefined> {
    const Key = { ...itemKey(this.organizationId, key) };
    if (key.ids.some((id) => id.includes(ID_MARK) || id === "") || !isSortKey(Key.recordId)) return undefined;
    const { Item: item } = await this.#table.get({ TableName: this.#tableName, Key, ConsistentRead: true });
    if (item === undefined) return undefined;
    const record = storedRecord(item, key.kind);
    if (record === undefined) throw new Error(`The control table's item ${Key.recordId} is not a valid ${key.kind}.`);
    return record;
  }

  /**
   * The first 100 records of a kind whose ids begin with some.
   * @param within ids from the outermost on
   */
  async listWithin<K extends RecordKind>(kind: K, within: readonly string[]): Promise<readonly RecordOf<K>[]> {
    const { Items = [] } = await this.#table.query({
      TableName: this.#tableName,
      KeyConditionExpression: "organizationId = :organization AND begins_with(recordId, :prefix)",
      ExpressionAttributeValues: {
        ":organization": partitionOf(this.organizationId, kind),
        ":prefix": [kind, ...within, ""].join(ID_MARK),
      },
      ConsistentRead: true,
      Limit: MAX_LISTED,
    });
    return Items.flatMap((item) => storedRecord(item, kind) ?? []);
  }

  /**
   * A user's memberships.
   * @returns `undefined` when the organisation has too many memberships to search them: the request must name the project
   */
  async membershipsOf(userId: string): Promise<readonly RecordOf<"membership">[] | undefined> {
    const found: RecordOf<"membership">[] = [];
    let start: Record<string, unknown> | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { Items = [], LastEvaluatedKey } = await this.#table.query({
        TableName: this.#tableName,
        KeyConditionExpression: "organizationId = :organization AND begins_with(recordId, :prefix)",
        FilterExpression: "#record.#userId = :user",
        ExpressionAttributeNames: { "#record": "record", "#userId": "userId" },
        ExpressionAttributeValues: {
          ":organization": partitionOf(this.organizationId, "membership"),
          ":prefix": `membership${ID_MARK}`,
          ":user": userId,
        },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      });
      found.push(...Items.flatMap((item) => storedRecord(item, "membership") ?? []));
      if (LastEvaluatedKey === undefined) return found;
      start = LastEvaluatedKey;
    }
    return undefined;
  }
}
