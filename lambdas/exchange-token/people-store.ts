import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { RecordKind, RecordOf } from "../../contracts/control/records.ts";
import { type Change, ID_MARK, type RecordKey } from "../../domain/tenancy/changes.ts";
import {
  type ControlTables,
  itemKey,
  partitionOf,
  storedRecord,
  transactActions,
} from "../../domain/tenancy/control-items.ts";
import type { FoundAddress } from "../../domain/tenancy/join-organization.ts";
import { isLostRace } from "../../domain/tenancy/lost-race.ts";
import type { ExchangeRecord } from "../../domain/workloads/workload-key.ts";
import { isSortKey } from "../../lib/sort-key.ts";

/** Pages of 1 MB of memberships that are searched for a user's: some 20,000 memberships. */
const MAX_PAGES = 5;

/** A user is in 10 groups at most, and a group has 20 roles at most in a project. */
const MAX_LISTED = 100;

/** What a sign-in reads and writes of one organisation in the control table. */
export class PeopleStore {
  readonly #client: Pick<DynamoDBDocumentClient, "send">;
  readonly #tables: ControlTables;
  readonly organizationId: string;

  constructor(client: Pick<DynamoDBDocumentClient, "send">, tables: ControlTables, organizationId: string) {
    this.#client = client;
    this.#tables = tables;
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
    const command = new GetCommand({ TableName: this.#tables.control, Key, ConsistentRead: true });
    const { Item: item } = await this.#client.send(command);
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
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tables.control,
        KeyConditionExpression: "organizationId = :organization AND begins_with(recordId, :prefix)",
        ExpressionAttributeValues: {
          ":organization": partitionOf(this.organizationId, kind),
          ":prefix": [kind, ...within, ""].join(ID_MARK),
        },
        ConsistentRead: true,
        Limit: MAX_LISTED,
      }),
    );
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
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#tables.control,
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
        }),
      );
      found.push(...Items.flatMap((item) => storedRecord(item, "membership") ?? []));
      if (LastEvaluatedKey === undefined) return found;
      start = LastEvaluatedKey;
    }
    return undefined;
  }

  /**
   * Makes all changes, and stores that a token was exchanged, or none of it.
   * @returns `used` when the token was exchanged before, `lost-race` when another change came first
   */
  async write(changes: readonly Change[], used: ExchangeRecord | undefined): Promise<"stored" | "used" | "lost-race"> {
    const actions = transactActions(this.#tables, this.organizationId, changes);
    const put = { TableName: this.#tables.keys, ConditionExpression: "attribute_not_exists(keyId)" };
    const TransactItems = [...actions, ...(used ? [{ Put: { ...put, Item: { ...used } } }] : [])];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return "stored";
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const { CancellationReasons: reasons = [] } = error;
      if (used !== undefined && reasons[actions.length]?.Code === "ConditionalCheckFailed") return "used";
      if (isLostRace(reasons)) return "lost-race";
      throw error;
    }
  }
}
