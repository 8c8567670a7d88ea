import { randomBytes } from "node:crypto";
import * as z from "zod";
import { FILE_PURPOSES, type FileObject } from "../../contracts/api/files.ts";
import { FILE_REMOVAL_MARGIN_SECONDS, HELD_BY, HELD_TTL } from "../../contracts/retention/stored-items.ts";
import { filesPrefix, heldFileKey, ownerPartition } from "../../domain/erasure/file-partitions.ts";
import type { BatchTable } from "../store/batch-table.ts";
import { heldError } from "../store/storage-terms.ts";
import type { ObjectStore } from "./object-store.ts";

export const FileItem = z.object({
  id: z.string(),
  owner: z.string(),
  bytes: z.int(),
  /** Seconds since 1970. */
  createdAt: z.int(),
  expiresAt: z.int(),
  /** After which it ends whatever its project's retention is. @default - until `expiresAt` */
  longestSeconds: z.int().optional(),
  filename: z.string(),
  purpose: z.enum([...FILE_PURPOSES, "batch_output"]),
  objectKey: z.string(),
  /** Subjects that a legal hold is on: while there are some, it does not end. @default - none is held */
  heldBy: z.set(z.string()).optional(),
});
export type FileItem = z.infer<typeof FileItem>;

export interface FileStoreOptions {
  readonly table: BatchTable;
  readonly objects: ObjectStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Files of each owner: what is known of them in the table, their bytes in the object store. */
export class FileStore {
  readonly objects: ObjectStore;
  readonly #table: BatchTable;
  readonly #now: () => number;

  constructor({ table, objects, now }: FileStoreOptions) {
    this.objects = objects;
    this.#table = table;
    this.#now = now;
  }

  /** Where the bytes of an owner's file are. */
  objectKey(owner: string, id: string): string {
    return `${filesPrefix(owner)}${id}`;
  }

  /**
   * Creates the item of a file whose bytes are stored already.
   * @param heldBy subjects that a legal hold is on. @default - none is held
   */
  async add(file: Omit<FileItem, "objectKey" | "heldBy">, heldBy: Iterable<string> = []): Promise<FileItem> {
    const item = { ...file, objectKey: this.objectKey(file.owner, file.id) };
    const held = new Set(heldBy);
    if (held.size > 0) await this.#copyHeld(item);
    await this.#table.put(keyOf(file.owner, file.id), { ...item, ...timesOf(item, held) });
    return held.size > 0 ? { ...item, heldBy: held } : item;
  }

  /** Holds a file for these subjects, and no others, for one that was stored while a hold was placed or released. */
  async setHeld(owner: string, id: string, heldBy: ReadonlySet<string>): Promise<void> {
    const item = FileItem.safeParse(await this.#table.get(keyOf(owner, id))).data;
    if (item === undefined) return;
    if (heldBy.size > 0) await this.#copyHeld(item);
    await this.#table.update(keyOf(owner, id), { set: timesOf(item, heldBy) });
    if (heldBy.size === 0) await this.objects.delete(heldFileKey(item.objectKey));
  }

  /** A copy that the bucket's lifecycle rule for files does not delete. */
  async #copyHeld({ objectKey }: FileItem): Promise<void> {
    const copy = this.objects.upload(heldFileKey(objectKey));
    try {
      for await (const chunk of this.objects.read(objectKey)) await copy.write(chunk);
      await copy.finish();
    } catch (error) {
      await copy.abort();
      throw error;
    }
  }

  /** @returns the owner's file, or `undefined`: also when it is another's, or its time is over */
  async get(owner: string, id: string): Promise<FileItem | undefined> {
    const item = FileItem.safeParse(await this.#table.get(keyOf(owner, id)));
    return item.success && this.#isAlive(item.data) ? item.data : undefined;
  }

  /** The owner's files; one more than `limit` shows that there are more. */
  async list(
    owner: string,
    options: {
      readonly after?: string;
      readonly limit: number;
      readonly newestFirst: boolean;
      readonly purpose?: string;
    },
  ): Promise<readonly FileItem[]> {
    const { limit, newestFirst, purpose } = options;
    const found: FileItem[] = [];
    let after = options.after === undefined ? undefined : keyOf(owner, options.after).sk;
    for (;;) {
      const page = await this.#table.list(ownerPartition(owner), {
        prefix: "file#",
        limit: limit + 1,
        newestFirst,
        ...(after === undefined ? {} : { after }),
      });
      const files = page.flatMap((item) => FileItem.safeParse(item).data ?? []);
      found.push(...files.filter((file) => this.#isAlive(file) && (purpose ?? file.purpose) === file.purpose));
      const last = files.at(-1);
      if (page.length <= limit || found.length > limit || last === undefined) return found.slice(0, limit + 1);
      after = keyOf(owner, last.id).sk;
    }
  }

  /**
   * @param heldBy subjects of the caller that a legal hold is on, whose files may not be marked yet. @default - none is held
   * @throws {GatewayError} `legal_hold` for one that is held
   */
  async delete(file: FileItem, heldBy: readonly string[] = []): Promise<void> {
    if (heldBy.length > 0) throw heldError("file", file.id, heldBy);
    // The item first: bytes without an item are removed by the bucket's lifecycle rule at the latest.
    const key = keyOf(file.owner, file.id);
    if (!(await this.#table.delete(key, { that: `attribute_not_exists(#${HELD_BY})`, values: {} })))
      throw heldError("file", file.id, FileItem.safeParse(await this.#table.get(key)).data?.heldBy ?? []);
    await this.objects.delete(file.objectKey);
  }

  #isAlive({ heldBy, expiresAt }: FileItem): boolean {
    return heldBy !== undefined || expiresAt * 1000 > this.#now();
  }
}

/** The fields by which an item ends; while it is held, by none. */
function timesOf({ expiresAt }: FileItem, heldBy: ReadonlySet<string>) {
  const ttl = expiresAt + FILE_REMOVAL_MARGIN_SECONDS;
  return heldBy.size > 0
    ? { ttl: undefined, [HELD_TTL]: ttl, [HELD_BY]: heldBy }
    : { ttl, [HELD_TTL]: undefined, [HELD_BY]: undefined };
}

/** Ids of files. */
export const FILE_ID = /^file-[0-9a-f]{32}$/;

/** A new id; ids of later milliseconds are greater, so that lists are in the order of creation. */
export function timeOrderedId(prefix: string, now: number): string {
  return `${prefix}${now.toString(16).padStart(12, "0")}${randomBytes(10).toString("hex")}`;
}

export function fileObject(file: FileItem): FileObject {
  return {
    id: file.id,
    object: "file",
    bytes: file.bytes,
    created_at: file.createdAt,
    expires_at: file.expiresAt,
    filename: file.filename,
    purpose: file.purpose,
    status: "processed",
  };
}

function keyOf(owner: string, id: string): { readonly pk: string; readonly sk: string } {
  return { pk: ownerPartition(owner), sk: `file#${id}` };
}
