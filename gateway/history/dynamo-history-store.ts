import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { LRUCache } from "lru-cache";
import { HISTORY_TABLE, type StoredGeneration } from "../../contracts/history/stored-generation.ts";
import { newDataKey } from "../../domain/history/generation-content.ts";
import {
  erasedSubject,
  HELD_EXPIRY,
  heldSubject,
  listEntry,
  listPartition,
  partKey,
  subjectsOf,
} from "../../domain/history/generation-keys.ts";
import { ErasedSubject, type HistoryStore } from "./history-store.ts";

/** DynamoDB takes 400 KB an item, its keys and what is stored in clear included. */
export const PART_BYTES = 380_000;
const TIMEOUT_MS = 3000;
/** A data key that was erased is used at most this long. */
const KEY_CACHE_MS = 20_000;
const MAX_CACHED_KEYS = 10_000;
const SECONDS_PER_DAY = 86_400;

interface SubjectKey {
  readonly dataKey: Buffer;
  /** Whether nothing of the subject expires. */
  readonly isHeld: boolean;
}

export interface DynamoHistoryStoreOptions {
  readonly client: DynamoDBDocumentClient;
  /** With the keys of `HISTORY_TABLE`. */
  readonly tableName: string;
  /** With the key of `SUBJECT_KEYS_TABLE`. */
  readonly keysTableName: string;
  readonly retentionDays: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Stores generations in a table: their encrypted content in parts, and an entry in the list of each of their subjects. */
export class DynamoHistoryStore implements HistoryStore {
  readonly #options: DynamoHistoryStoreOptions;
  readonly #keys: LRUCache<string, SubjectKey>;

  constructor(options: DynamoHistoryStoreOptions) {
    this.#options = options;
    this.#keys = new LRUCache({ max: MAX_CACHED_KEYS, ttl: KEY_CACHE_MS });
  }

  async dataKey(subject: string): Promise<Buffer> {
    return (await this.#subject(subject)).dataKey;
  }

  async #subject(subject: string): Promise<SubjectKey> {
    const cached = this.#keys.get(subject);
    if (cached !== undefined) return cached;
    const names = [subject, erasedSubject(subject), heldSubject(subject)];
    const [stored, erased, held] = await Promise.all(names.map((name) => this.#item(name)));
    // Of an import from a backup the data key may be there again.
    if (erased !== undefined) throw new ErasedSubject();
    const dataKey = dataKeyIn(stored) ?? (await this.#madeKey(subject));
    const key = { dataKey, isHeld: held !== undefined };
    this.#keys.set(subject, key);
    return key;
  }

  async put(generation: StoredGeneration, sealed: Buffer): Promise<void> {
    const subjects = await this.#subjectsOf(generation);
    if (subjects === undefined) return;
    const { id, at, parts, keepDays = this.#options.retentionDays } = generation;
    const end = Math.ceil(Date.parse(at) / 1000) + keepDays * SECONDS_PER_DAY;
    const isHeld = subjects.some((subject) => subject.isHeld);
    const expiry = { [isHeld ? HELD_EXPIRY : HISTORY_TABLE.ttlAttribute]: end };
    // The first part is written last of them, and the lists after it: what a list has can be read.
    for (let part = parts - 1; part >= 0; part--) {
      const content = sealed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      await this.#put({ ...partKey(id, part), ...expiry, content, ...(part === 0 ? { generation } : {}) });
    }
    for (const subject of subjectsOf(generation))
      await this.#put({ partition: listPartition(subject), entry: listEntry(generation), ...expiry, generation });
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    const { client, tableName } = this.#options;
    await client.send(new PutCommand({ TableName: tableName, Item }), limit());
  }

  /** @returns undefined for a generation that waited on disk while a subject of it was erased */
  async #subjectsOf(generation: StoredGeneration): Promise<readonly SubjectKey[] | undefined> {
    try {
      return await Promise.all(subjectsOf(generation).map((subject) => this.#subject(subject)));
    } catch (error) {
      if (error instanceof ErasedSubject) return undefined;
      throw error;
    }
  }

  async #item(subject: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { client, keysTableName } = this.#options;
    const command = new GetCommand({ TableName: keysTableName, Key: { subject }, ConsistentRead: true });
    return (await client.send(command, limit())).Item;
  }

  async #madeKey(subject: string): Promise<Buffer> {
    const { client, keysTableName, now } = this.#options;
    const dataKey = newDataKey();
    const Item = { subject, dataKey, createdAt: new Date(now()).toISOString() };
    const ConditionExpression = "attribute_not_exists(subject)";
    try {
      await client.send(new PutCommand({ TableName: keysTableName, Item, ConditionExpression }), limit());
      return dataKey;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    // Another gateway was first.
    const made = dataKeyIn(await this.#item(subject));
    if (made === undefined) throw new Error("A data key was made and erased at once.");
    return made;
  }
}

function dataKeyIn(item: Readonly<Record<string, unknown>> | undefined): Buffer | undefined {
  return item?.dataKey instanceof Uint8Array ? Buffer.from(item.dataKey) : undefined;
}

/** Items that a sealed content takes. */
export function partsOf(sealed: Buffer): number {
  return Math.max(1, Math.ceil(sealed.length / PART_BYTES));
}

function limit(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}
