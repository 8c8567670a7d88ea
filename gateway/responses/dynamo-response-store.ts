import { promisify } from "node:util";
import { gunzip, gzip, type ZlibOptions } from "node:zlib";
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { isSortKey } from "../../lib/sort-key.ts";
import {
  MAX_STORED_BYTES,
  parseStored,
  type ResponseStore,
  type StoredResponse,
  storedJson,
  storedTooLarge,
} from "./response-store.ts";

const pack = promisify<Buffer, Buffer>(gzip);
const unpack = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip);

/** DynamoDB takes 400 KB an item, its keys included; what is longer is stored in several. */
const PART_BYTES = 380_000;
/** Of one response: as many as the largest has that is stored, packed badly. */
const MAX_PARTS = 24;
/** Of all responses that one thread writes at once. */
const MAX_WRITING_BYTES = 64 * 1024 * 1024;
/** Between a response's id and the number of a part; no id of a response has it. */
const PART_MARK = "#";
const SECONDS_PER_DAY = 86_400;
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
  #writingBytes = 0;

  constructor(options: DynamoResponseStoreOptions) {
    this.#options = options;
  }

  async get(tenant: string, id: string): Promise<StoredResponse | undefined> {
    if (!isResponseId(id)) return undefined;
    const writing = this.#writing.get(keyOf(tenant, id));
    if (writing !== undefined) return writing;
    const { client, tableName, now } = this.#options;
    const { Item: item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { tenant, id }, ConsistentRead: true }),
      limit(),
    );
    // DynamoDB may take days to remove what has expired.
    if (item === undefined || Number(item.expiresAt) * 1000 <= now()) return undefined;
    const count = Number(item.parts ?? 1);
    if (count > MAX_PARTS) throw storedTooLarge(id);
    const parts = await this.#parts(tenant, id, count);
    if (parts === undefined) return undefined;
    const json = await unpack(Buffer.concat([item.stored, ...parts]), { maxOutputLength: MAX_STORED_BYTES }).catch(
      (error: unknown) => {
        throw isOverLength(error) ? storedTooLarge(id) : error;
      },
    );
    return await parseStored(json);
  }

  /** @throws {Error} also for one over the bound, and while too much is written */
  async put(tenant: string, id: string, stored: StoredResponse, keepDays?: number): Promise<void> {
    const { client, tableName, ttlSeconds, now } = this.#options;
    const key = keyOf(tenant, id);
    let bytes = 0;
    this.#writing.set(key, stored);
    try {
      const json = await storedJson(stored);
      if (this.#writingBytes + json.length > MAX_WRITING_BYTES)
        throw new RangeError(`Responses of ${MAX_WRITING_BYTES} bytes are being written, the most at once.`);
      bytes = json.length;
      this.#writingBytes += bytes;
      const storedAt = Math.ceil(now() / 1000);
      const expiresAt = storedAt + (keepDays === undefined ? ttlSeconds : keepDays * SECONDS_PER_DAY);
      const packed = await pack(json);
      const parts = Math.ceil(packed.length / PART_BYTES);
      // The first part is written last: without it there is no response.
      for (let part = parts - 1; part >= 0; part--) {
        const piece = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        const own = part === 0 ? { id, parts } : { id: partId(id, part) };
        await client.send(
          new PutCommand({ TableName: tableName, Item: { tenant, ...own, expiresAt, storedAt, stored: piece } }),
          limit(),
        );
      }
    } finally {
      this.#writing.delete(key);
      this.#writingBytes -= bytes;
    }
  }

  async delete(tenant: string, id: string): Promise<boolean> {
    if (!isResponseId(id)) return false;
    const gone = await this.#remove(tenant, id);
    for (let part = 1; part < Number(gone?.parts ?? 1); part++) await this.#remove(tenant, partId(id, part));
    return gone !== undefined;
  }

  async #remove(tenant: string, id: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { client, tableName } = this.#options;
    const command = new DeleteCommand({ TableName: tableName, Key: { tenant, id }, ReturnValues: "ALL_OLD" });
    return (await client.send(command, limit())).Attributes;
  }

  /** The parts after the first. @returns `undefined` when one is gone: the response is being deleted */
  async #parts(tenant: string, id: string, count: number): Promise<readonly Uint8Array[] | undefined> {
    const { client, tableName } = this.#options;
    const parts: Uint8Array[] = [];
    for (let part = 1; part < count; part++) {
      const Key = { tenant, id: partId(id, part) };
      const { Item: item } = await client.send(
        new GetCommand({ TableName: tableName, Key, ConsistentRead: true }),
        limit(),
      );
      if (item === undefined) return undefined;
      parts.push(item.stored);
    }
    return parts;
  }
}

/** Whether a response can have this id, which a client may have made up. */
function isResponseId(id: string): boolean {
  return isSortKey(id) && !id.includes(PART_MARK);
}

function partId(id: string, part: number): string {
  return `${id}${PART_MARK}${part}`;
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}

function isOverLength(error: unknown): boolean {
  return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function limit(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}
