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
import { type ChangeAuthor, type ChangeStore, type StoredChanges, VersionConflict } from "./change-store.ts";

/** The running configuration continues when the table does not respond in time. */
const TIMEOUT_MS = 2000;

export interface DynamoChangeStoreOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
}

/**
 * Changes in the routes table. The count of changes is increased after each of them: a reader of the new count also
 * reads the change.
 */
export class DynamoChangeStore implements ChangeStore {
  readonly #options: DynamoChangeStoreOptions;

  constructor(options: DynamoChangeStoreOptions) {
    this.#options = options;
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
    { by, at, over }: ChangeAuthor,
  ): Promise<number> {
    const { client, tableName } = this.#options;
    const condition = conditionOf(over);
    const command = new UpdateCommand({
      TableName: tableName,
      Key: { section: CHANGES_SECTION, id: changeId(kind, name) },
      UpdateExpression:
        "SET kind = :kind, #name = :name, settings = :settings, updatedAt = :at, updatedBy = :by ADD version :one",
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ExpressionAttributeNames: { "#name": "name" },
      ExpressionAttributeValues: {
        ":kind": kind,
        ":name": name,
        ":settings": settings,
        ":at": at.toISOString(),
        ":by": by,
        ":one": 1,
        ...(over === undefined || over === 0 ? {} : { ":over": over }),
      },
      ReturnValues: "UPDATED_NEW",
    });
    const { Attributes } = await conflictsNamed(client.send(command, timeout()));
    await this.#count();
    return Number(Attributes?.version);
  }

  async delete(kind: ChangeKind, name: string, over: number | undefined): Promise<boolean> {
    const { client, tableName } = this.#options;
    const condition = conditionOf(over);
    const command = new DeleteCommand({
      TableName: tableName,
      Key: { section: CHANGES_SECTION, id: changeId(kind, name) },
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ...(over === undefined || over === 0 ? {} : { ExpressionAttributeValues: { ":over": over } }),
      ReturnValues: "ALL_OLD",
    });
    const { Attributes } = await conflictsNamed(client.send(command, timeout()));
    if (Attributes === undefined) return false;
    await this.#count();
    return true;
  }

  async #count(): Promise<void> {
    const { client, tableName } = this.#options;
    const command = new UpdateCommand({
      TableName: tableName,
      Key: { section: CHANGES_SECTION, id: CHANGES_VERSION_ID },
      UpdateExpression: "ADD version :one",
      ExpressionAttributeValues: { ":one": 1 },
    });
    await client.send(command, timeout());
  }
}

function conditionOf(over: number | undefined): string | undefined {
  if (over === undefined) return undefined;
  return over === 0 ? "attribute_not_exists(id)" : "version = :over";
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
