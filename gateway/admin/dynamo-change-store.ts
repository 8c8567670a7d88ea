import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import {
  CHANGES_SECTION,
  CHANGES_VERSION_ID,
  type ChangeKind,
  changeId,
  TargetChange,
} from "../../contracts/targets/target-changes.ts";
import { parseStored } from "../../lib/parse-stored.ts";
import { isSortKey } from "../../lib/sort-key.ts";
import { type ChangeAuthor, type ChangeStore, type StoredChanges, VersionConflict } from "./change-store.ts";
import { ChangesLock } from "./changes-lock.ts";

/** The running configuration continues when the table does not respond in time. */
const TIMEOUT_MS = 2000;

export interface DynamoChangeStoreOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
}

/**
 * Changes in the routes table, written one at a time, each checked against all the others. The count of changes is
 * increased after each of them: a reader of the new count also reads the change.
 */
export class DynamoChangeStore implements ChangeStore {
  readonly #options: DynamoChangeStoreOptions;

  readonly #lock: ChangesLock;

  constructor(options: DynamoChangeStoreOptions) {
    this.#options = options;
    this.#lock = new ChangesLock(options);
  }

  async version(): Promise<number> {
    const Key = { section: CHANGES_SECTION, id: CHANGES_VERSION_ID };
    const { client, tableName } = this.#options;
    const command = new GetCommand({ TableName: tableName, Key, ConsistentRead: true });
    const { Item } = await client.send(command, timeout());
    return typeof Item?.version === "number" ? Item.version : 0;
  }

  async all(): Promise<StoredChanges> {
    const { client, tableName } = this.#options;
    const changes: TargetChange[] = [];
    const unreadable: string[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: "#section = :section",
          ExpressionAttributeNames: { "#section": "section" },
          ExpressionAttributeValues: { ":section": CHANGES_SECTION },
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
        timeout(),
      );
      for (const item of page.Items ?? []) {
        if (item.id === CHANGES_VERSION_ID || String(item.id).startsWith("spend#")) continue;
        const change = parseStored(TargetChange, item);
        if (change !== undefined && changeId(change.kind, change.name) === change.id) changes.push(change);
        else unreadable.push(String(item.id).slice(0, 100));
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return { changes, unreadable };
  }

  async put(
    kind: ChangeKind,
    name: string,
    settings: TargetChange["settings"],
    { by, owner, at, over, seen }: ChangeAuthor,
  ): Promise<number> {
    return await this.#lock.with(seen, async (version) => {
      const { client, tableName } = this.#options;
      const command = new UpdateCommand({
        TableName: tableName,
        Key: { section: CHANGES_SECTION, id: changeId(kind, name) },
        UpdateExpression:
          "SET kind = :kind, #name = :name, settings = :settings, updatedAt = :at, updatedBy = :by, version = :version" +
          (owner === undefined ? " REMOVE updatedByOwner" : ", updatedByOwner = :owner"),
        // Its own version, which no other change has, is there when the SDK sends the command again.
        ConditionExpression: `${conditionOf(over)} OR version = :version`,
        ExpressionAttributeNames: { "#name": "name" },
        ExpressionAttributeValues: {
          ":kind": kind,
          ":name": name,
          ":settings": settings,
          ":at": at.toISOString(),
          ":by": by,
          ...(owner === undefined ? {} : { ":owner": owner }),
          ":version": version,
          ...valuesOf(over),
        },
      });
      await conflictsNamed(client.send(command, timeout()));
      return version;
    });
  }

  async delete(kind: ChangeKind, name: string, { over, seen }: Pick<ChangeAuthor, "over" | "seen">): Promise<boolean> {
    if (!isSortKey(changeId(kind, name))) return false;
    return await this.#lock.with(seen, async (version) => {
      const { client, tableName } = this.#options;
      const Key = { section: CHANGES_SECTION, id: changeId(kind, name) };
      // Read beforehand, as the SDK may send the command again: then the item is gone by the command itself.
      const { Item: before } = await client.send(
        new GetCommand({ TableName: tableName, Key, ConsistentRead: true }),
        timeout(),
      );
      if (before === undefined && over !== undefined && over > 0) throw new VersionConflict();
      const values = over === undefined ? { ":version": version } : valuesOf(over);
      const command = new DeleteCommand({
        TableName: tableName,
        Key,
        ConditionExpression: `attribute_not_exists(id) OR ${conditionOf(over)}`,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      });
      await conflictsNamed(client.send(command, timeout()));
      return before !== undefined;
    });
  }
}

/** A version of one's own is greater than all before: a writer that was suspended beyond its lock overwrites none after. */
function conditionOf(over: number | undefined): string {
  if (over === undefined) return "attribute_not_exists(version) OR version < :version";
  return over === 0 ? "attribute_not_exists(id)" : "version = :over";
}

function valuesOf(over: number | undefined): Readonly<Record<string, number>> {
  return over === undefined || over === 0 ? {} : { ":over": over };
}

function timeout(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}

async function conflictsNamed<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof ConditionalCheckFailedException ? new VersionConflict() : error;
  }
}
