import { promisify } from "node:util";
import { gunzip, gzip, type ZlibOptions } from "node:zlib";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { heldTenantsPartition } from "../../domain/erasure/erased-subject.ts";
import { isSortKey } from "../../lib/sort-key.ts";
import { heldError, type ReadTerms } from "../store/storage-terms.ts";
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
    // DynamoDB may take days to remove what has expired. While it is held there is no time at which it expires.
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
  async put(tenant: string, id: string, stored: StoredResponse, terms?: ReadTerms): Promise<void> {
    const { ttlSeconds, now } = this.#options;
    const key = keyOf(tenant, id);
    let bytes = 0;
    this.#writing.set(key, stored);
    try {
      const json = await storedJson(stored);
      if (this.#writingBytes + json.length > MAX_WRITING_BYTES)
        throw new RangeError(`Responses of ${MAX_WRITING_BYTES} bytes are being written, the most at once.`);
      bytes = json.length;
      this.#writingBytes += bytes;
      const { keepDays, heldBy = [] } = (await terms?.()) ?? {};
      const storedAt = Math.ceil(now() / 1000);
      const end = storedAt + (keepDays === undefined ? ttlSeconds : keepDays * SECONDS_PER_DAY);
      const expiry = heldBy.length > 0 ? { heldBy: new Set(heldBy), heldExpiry: end } : { expiresAt: end };
      // Before the response: what is held must be found at the release.
      for (const subject of heldBy) await this.#put({ tenant: heldTenantsPartition(subject), id: tenant });
      const packed = await pack(json);
      const parts = Math.ceil(packed.length / PART_BYTES);
      // The first part is written last: without it there is no response.
      for (let part = parts - 1; part >= 0; part--) {
        const piece = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        const own = part === 0 ? { id, parts } : { id: partId(id, part) };
        await this.#put({ tenant, ...own, ...expiry, storedAt, stored: piece });
      }
    } finally {
      this.#writing.delete(key);
      this.#writingBytes -= bytes;
    }
  }

  async #put(Item: Readonly<Record<string, unknown>>): Promise<void> {
    const { client, tableName } = this.#options;
    await client.send(new PutCommand({ TableName: tableName, Item }), limit());
  }

  async delete(tenant: string, id: string, heldBy: readonly string[] = []): Promise<boolean> {
    if (!isResponseId(id)) return false;
    if (heldBy.length > 0) {
      if ((await this.get(tenant, id)) === undefined) return false;
      throw heldError("response", id, heldBy);
    }
    const gone = await this.#remove(tenant, id);
    for (let part = 1; part < Number(gone?.parts ?? 1); part++) await this.#remove(tenant, partId(id, part));
    return gone !== undefined;
  }

  async #remove(tenant: string, id: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { client, tableName } = this.#options;
    const command = new DeleteCommand({
      TableName: tableName,
      Key: { tenant, id },
      ConditionExpression: "attribute_not_exists(heldBy)",
      ReturnValues: "ALL_OLD",
    });
    try {
      return (await client.send(command, limit())).Attributes;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw heldError("response", id, await this.#heldBy(tenant, id));
    }
  }

  async #heldBy(tenant: string, id: string): Promise<ReadonlySet<string>> {
    const { client, tableName } = this.#options;
    const command = new GetCommand({
      TableName: tableName,
      Key: { tenant, id },
      ProjectionExpression: "heldBy",
      ConsistentRead: true,
    });
    return (await client.send(command, limit())).Item?.heldBy ?? new Set();
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
