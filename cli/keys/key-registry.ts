import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
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
import { type TransactAction, transactActions } from "../../domain/tenancy/control-items.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { succeeds } from "../operator/aws-failure.ts";
import { UserError } from "../terminal/user-error.ts";
import type { KeyTable } from "./key-table.ts";
import { type OrganizationNotice, revocationNotice } from "./revocation-notice.ts";

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
  /**
   * Revokes a key, and with it stores the notice for webhooks where the environment has the control API.
   * @param onNoNotice called with the reason where the key was revoked and the notice could not be stored
   * @returns `false` when the key does not exist; a second call does not change the date
   */
  revoke(keyId: string, at: Date, onNoNotice?: (reason: string) => void): Promise<boolean>;
}

/** Keys in DynamoDB, on AWS or in the local stack. */
export class DynamoKeyRegistry implements KeyRegistry {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #control: KeyTable["control"];

  constructor({ table, control, ...access }: AwsAccess & Pick<KeyTable, "table" | "control">) {
    this.#table = table;
    this.#control = control;
    this.#client = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(access)), {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  async add(item: ApiKeyItem): Promise<void> {
    const condition = "attribute_not_exists(keyId)";
    const command = new PutCommand({ TableName: this.#table, Item: item, ConditionExpression: condition });
    try {
      await this.#client.send(command);
    } catch (error) {
      // The SDK sends the command again whose response was cut off: then the key is there by the command itself.
      const isConflict = error instanceof ConditionalCheckFailedException;
      if (!isConflict || !isSameItem(await this.item(item.keyId), item)) throw error;
    }
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

  async revoke(keyId: string, at: Date, onNoNotice: (reason: string) => void = () => undefined): Promise<boolean> {
    try {
      if (await this.#revokeWithNotice(keyId, at)) return true;
    } catch (error) {
      // A key that leaked is to be revoked whatever else fails.
      onNoNotice(error instanceof Error ? error.name : String(error));
    }
    return this.#change(revokeUpdate(keyId, at), at);
  }

  /** `false` where there is nothing to give notice of: no control API, no such key, or one that is revoked already. */
  async #revokeWithNotice(keyId: string, at: Date): Promise<boolean> {
    if (this.#control === undefined) return false;
    const item = await this.item(keyId);
    if (item === undefined || item.kind !== undefined || item.revokedAt !== undefined) return false;
    const projectId = typeof item.projectId === "string" ? item.projectId : undefined;
    const notice = await revocationNotice(this.#client, this.#control, { keyId, projectId }, at);
    return this.#write(this.#revocation(this.#control.table, keyId, at, notice));
  }

  #revocation(control: string, keyId: string, at: Date, { organizationId, record }: OrganizationNotice) {
    return transactActions({ control, keys: this.#table }, organizationId, [
      { action: "revokeKey", keyId, at },
      { action: "create", record },
    ]);
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
  #change(update: KeyUpdate, at: Date): Promise<boolean> {
    return this.#write(countedChange(update, at).map((one) => ({ Update: { TableName: this.#table, ...one } })));
  }

  /** Makes all actions or none; `false` when a condition fails. */
  async #write(actions: readonly TransactAction[]): Promise<boolean> {
    const TransactItems = [...actions];
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(new TransactWriteCommand({ TransactItems }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (codes.includes("ConditionalCheckFailed")) return false;
        if (attempt === MAX_ATTEMPTS || !codes.includes("TransactionConflict")) throw error;
      }
      // Changes of all keys count in one item: another one is being written.
      await sleep(Math.random() * CONFLICT_PAUSE_MS * attempt);
    }
  }
}

function isSameItem(stored: unknown, item: ApiKeyItem): boolean {
  return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(item)));
}

/** `false` when the condition of a write failed. */
function isApplied(write: Promise<unknown>): Promise<boolean> {
  return succeeds(write, ConditionalCheckFailedException);
}
