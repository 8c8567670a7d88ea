import { setTimeout as sleep } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import type { ModelPermissions } from "../../contracts/limits/use-limit.ts";
import { type ApiKeyItem, RotationItem, StoredApiKey } from "../../contracts/processes/auth.ts";
import { endingIds, withEndings } from "../../domain/keys/ended-access.ts";
import { countedChange, type KeyUpdate, revokeUpdate, rotateUpdate } from "../../domain/keys/key-updates.ts";
import type { RotationRecords } from "../../domain/keys/rotate-key.ts";
import { readSubjectLimits, subjectLimitsId } from "../../domain/limits/subject-limits.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { succeeds } from "../operator/aws-failure.ts";
import { UserError } from "../terminal/user-error.ts";
import type { KeyTable } from "./key-table.ts";

/** Attempts at a transaction that others get in the way of; together they take a second or two at most. */
const MAX_ATTEMPTS = 10;
const CONFLICT_PAUSE_MS = 50;

/** The keys of one environment. */
export interface KeyRegistry extends RotationRecords {
  /** @throws when the id exists: nothing is overwritten */
  add(item: ApiKeyItem): Promise<void>;
  /**
   * Keys by the time of their creation.
   * @param onUnreadable called with the id of each item that this release can't read
   */
  list(onUnreadable?: (keyId: string) => void): Promise<readonly ApiKeyItem[]>;
  /** Which models the keys of a project may use. @returns undefined for all */
  modelPermissions(projectId: string): Promise<ModelPermissions | undefined>;
  /** `false` when the key does not exist; a second call does not change the date. */
  revoke(keyId: string, at: Date): Promise<boolean>;
}

/** Keys in DynamoDB, on AWS or in the local stack. */
export class DynamoKeyRegistry implements KeyRegistry {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor({ table, ...access }: AwsAccess & Pick<KeyTable, "table">) {
    this.#table = table;
    this.#client = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(access)), {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  async add(item: ApiKeyItem): Promise<void> {
    const condition = "attribute_not_exists(keyId)";
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: item, ConditionExpression: condition }));
  }

  async list(onUnreadable: (keyId: string) => void = () => undefined): Promise<readonly ApiKeyItem[]> {
    const keys: ApiKeyItem[] = [];
    const others = new Map<string, Readonly<Record<string, unknown>>>();
    for await (const page of paginateScan({ client: this.#client }, { TableName: this.#table }))
      for (const item of page.Items ?? []) {
        const key = StoredApiKey.safeParse(item);
        if (item.kind !== undefined) others.set(String(item.keyId), item);
        else if (key.success) keys.push(key.data);
        else onUnreadable(String(item.keyId));
      }
    return keys
      .map((key) => withEndings(key, (id) => others.get(id)))
      .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  revoke(keyId: string, at: Date): Promise<boolean> {
    return this.#change(revokeUpdate(keyId, at), at);
  }

  async key(keyId: string): Promise<ApiKeyItem | undefined> {
    const item = await this.item(keyId);
    if (item === undefined || item.kind !== undefined) return undefined;
    const key = StoredApiKey.safeParse(item);
    if (!key.success) throw new UserError(`This release can't read the key ${keyId}; use the release that wrote it.`);
    const endings = await Promise.all(endingIds(key.data).map(async (id) => [id, await this.item(id)] as const));
    const items = new Map(endings);
    return withEndings(key.data, (id) => items.get(id));
  }

  async modelPermissions(projectId: string): Promise<ModelPermissions | undefined> {
    const project = { scope: "project", subject: projectId } as const;
    return readSubjectLimits(project, await this.item(subjectLimitsId(project)))?.models;
  }

  async rotation(id: string): Promise<RotationItem | undefined> {
    return RotationItem.safeParse(await this.item(id)).data;
  }

  claim(rotation: RotationItem, now: Date): Promise<boolean> {
    return isApplied(
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: rotation,
          ConditionExpression: "attribute_not_exists(keyId) OR validUntil <= :now",
          ExpressionAttributeValues: { ":now": now.toISOString() },
        }),
      ),
    );
  }

  applyRotation(before: ApiKeyItem, after: ApiKeyItem, at: Date): Promise<boolean> {
    return this.#change(rotateUpdate(before, after), at);
  }

  /** An item as it is stored. */
  async item(keyId: string): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({ TableName: this.#table, Key: { keyId }, ConsistentRead: true });
    return (await this.#client.send(command)).Item;
  }

  /** Changes a key and counts the change, both or neither; `false` when the key's condition fails. */
  async #change(update: KeyUpdate, at: Date): Promise<boolean> {
    const TransactItems = countedChange(update, at).map((one) => ({ Update: { TableName: this.#table, ...one } }));
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(new TransactWriteCommand({ TransactItems }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [ofKey, ofCount] = error.CancellationReasons ?? [];
        if (ofKey?.Code === "ConditionalCheckFailed") return false;
        if (attempt === MAX_ATTEMPTS || ![ofKey?.Code, ofCount?.Code].includes("TransactionConflict")) throw error;
      }
      // Changes of all keys count in one item: another one is being written.
      await sleep(Math.random() * CONFLICT_PAUSE_MS * attempt);
    }
  }
}

/** `false` when the condition of a write failed. */
function isApplied(write: Promise<unknown>): Promise<boolean> {
  return succeeds(write, ConditionalCheckFailedException);
}
