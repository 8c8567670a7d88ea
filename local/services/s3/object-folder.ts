import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { link, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: Date;
  readonly etag: string;
}

/**
 * The objects of an S3 bucket as files of a folder, one file each: the key, escaped, is the name. An object appears
 * whole or not at all.
 */
export class ObjectFolder {
  readonly #objects: string;
  readonly #pending: string;

  /** @param folder made if it is not there; uploads that an earlier run left behind are removed */
  constructor(folder: string) {
    this.#objects = join(folder, "objects");
    this.#pending = join(folder, "pending");
    mkdirSync(this.#objects, { recursive: true });
    rmSync(this.#pending, { recursive: true, force: true });
    mkdirSync(this.#pending, { recursive: true });
  }

  async put(key: string, body: AsyncIterable<Buffer>): Promise<StoredFile>;
  /** @returns `undefined` where the object must be new and there is one with the key */
  async put(
    key: string,
    body: AsyncIterable<Buffer>,
    options: { readonly isNew: boolean },
  ): Promise<StoredFile | undefined>;
  async put(
    key: string,
    body: AsyncIterable<Buffer>,
    { isNew }: { readonly isNew: boolean } = { isNew: false },
  ): Promise<StoredFile | undefined> {
    const draft = join(this.#pending, randomUUID());
    await pipeline(body, createWriteStream(draft));
    if (isNew && !(await linkedFirst(draft, this.#path(key)))) return undefined;
    if (!isNew) await rename(draft, this.#path(key));
    return await this.#found(key);
  }

  async find(key: string): Promise<StoredFile | undefined> {
    return existsSync(this.#path(key)) ? await this.#found(key) : undefined;
  }

  /** @param range first and last byte */
  read(key: string, range?: { readonly start: number; readonly end: number }): Readable {
    return createReadStream(this.#path(key), range);
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  /** In the order of keys. */
  list(prefix: string): readonly StoredFile[] {
    return readdirSync(this.#objects)
      .map((name) => decodeURIComponent(name.slice(1)))
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => this.#describe(key));
  }

  beginUpload(): string {
    const id = randomUUID();
    mkdirSync(join(this.#pending, id));
    return id;
  }

  hasUpload(id: string): boolean {
    return /^[0-9a-f-]{36}$/.test(id) && existsSync(join(this.#pending, id));
  }

  /** @returns the part's tag */
  async putPart(id: string, number: number, body: AsyncIterable<Buffer>): Promise<string> {
    const path = join(this.#pending, id, String(number));
    await pipeline(body, createWriteStream(path));
    return `"${createHash("md5")
      .update(await readFile(path))
      .digest("hex")}"`;
  }

  async finishUpload(id: string, key: string, parts: readonly number[]): Promise<StoredFile> {
    const folder = join(this.#pending, id);
    async function* bytes() {
      for (const part of parts) for await (const chunk of createReadStream(join(folder, String(part)))) yield chunk;
    }
    const stored = await this.put(key, Readable.from(bytes()));
    await this.abortUpload(id);
    return stored;
  }

  async abortUpload(id: string): Promise<void> {
    await rm(join(this.#pending, id), { recursive: true, force: true });
  }

  async #found(key: string): Promise<StoredFile> {
    await stat(this.#path(key));
    return this.#describe(key);
  }

  #describe(key: string): StoredFile {
    const { size, mtime, mtimeMs } = statSync(this.#path(key));
    // Changes with the content, as S3's does; the SDK does not check more.
    const etag = `"${createHash("md5").update(`${key}:${size}:${mtimeMs}`).digest("hex")}"`;
    return { key, size, modifiedAt: mtime, etag };
  }

  #path(key: string): string {
    // With a sign in front, because escaping leaves the key `..` as it is.
    return join(this.#objects, `=${encodeURIComponent(key)}`);
  }
}

/** Gives a file its name unless another file has it: of two at once, one does. @returns whether this one has it */
async function linkedFirst(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft);
  }
}
