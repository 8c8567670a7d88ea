import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { ResponseStore, StoredResponse } from "./response-store.ts";

const pack = promisify<string, Buffer>(gzip);
const unpack = promisify<Uint8Array, Buffer>(gunzip);

/** DynamoDB takes milliseconds for an item, tens of them for one of 400 KB. */
const TIMEOUT_MS = 3000;

export interface DynamoResponseStoreOptions {
  readonly client: DynamoDBDocumentClient;
  /** Has the keys `tenant` and `id`, and `expiresAt` as its time to live. */
  readonly tableName: string;
  readonly ttlSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Stores responses in a table, for all gateways. */
export class DynamoResponseStore implements ResponseStore {
  readonly #options: DynamoResponseStoreOptions;
  /** What is being written: a client may go on from a response as soon as it has its end. */
  readonly #writing = new Map<string, StoredResponse>();

  constructor(options: DynamoResponseStoreOptions) {
    this.#options = options;
  }

  async get(tenant: string, id: string): Promise<StoredResponse | undefined> {
    const writing = this.#writing.get(keyOf(tenant, id));
    if (writing !== undefined) return writing;
    const { client, tableName, now } = this.#options;
    const { Item: item } = await client.send(new GetCommand({ TableName: tableName, Key: { tenant, id } }), limit());
    // DynamoDB may take days to remove what has expired.
    if (item === undefined || Number(item.expiresAt) * 1000 <= now()) return undefined;
    return JSON.parse((await unpack(item.stored)).toString("utf8"));
  }

  /** @throws {Error} also for one that is over DynamoDB's 400 KB when packed */
  async put(tenant: string, id: string, stored: StoredResponse): Promise<void> {
    const { client, tableName, ttlSeconds, now } = this.#options;
    const key = keyOf(tenant, id);
    this.#writing.set(key, stored);
    try {
      const expiresAt = Math.ceil(now() / 1000) + ttlSeconds;
      const item = { tenant, id, expiresAt, stored: await pack(JSON.stringify(stored)) };
      await client.send(new PutCommand({ TableName: tableName, Item: item }), limit());
    } finally {
      this.#writing.delete(key);
    }
  }

  async delete(tenant: string, id: string): Promise<boolean> {
    const { client, tableName } = this.#options;
    const key = { tenant, id };
    const { Attributes: gone } = await client.send(
      new DeleteCommand({ TableName: tableName, Key: key, ReturnValues: "ALL_OLD" }),
      limit(),
    );
    return gone !== undefined;
  }
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}

function limit(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}
