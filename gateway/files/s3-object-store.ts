import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { heldFileKey } from "../../domain/erasure/file-partitions.ts";
import { ObjectReader } from "./object-reader.ts";
import { ObjectMissing, type ObjectStore, type ObjectUpload } from "./object-store.ts";

/**
 * S3 takes parts of 5 MiB and more, except for the last; 10,000 of these are 50 GB. An upload holds two, one that is sent
 * and one that fills, and up to `MAX_UPLOAD_AHEAD_BYTES` between them.
 */
export const PART_BYTES = 5 * 1024 * 1024;
/** Bytes of parts that wait behind those that are sent, of all uploads of one thread. */
const MAX_AHEAD_BYTES = 64 * 1024 * 1024;
/**
 * The same of one upload. A client that has left is seen when what the sockets on its way held has been read, some 10 MiB by
 * Linux's limits (`tcp_wmem`, `tcp_rmem`).
 */
const MAX_UPLOAD_AHEAD_BYTES = 15 * 1024 * 1024;
const AHEAD_BYTES: AheadBytes = { most: MAX_AHEAD_BYTES, ofUpload: MAX_UPLOAD_AHEAD_BYTES };
/** Of one call, and of each wait for bytes of a body; a part of 5 MiB takes well under a second inside a region. */
const TIMEOUT_MS = 30_000;

export interface S3ObjectStoreOptions {
  readonly client: Pick<S3Client, "send">;
  readonly bucket: string;
  /** @default - S3's minimum of 5 MiB */
  readonly partBytes?: number;
  /** Longest call, and longest wait for the next bytes of a body, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Bytes of parts that wait behind the one that is sent: of all uploads, and of one. @default - 64 MiB, and 15 MiB */
  readonly aheadBytes?: AheadBytes;
}

interface AheadBytes {
  readonly most: number;
  readonly ofUpload: number;
}

/** Objects of one bucket. A small object is one PUT; a larger one is a multipart upload, whose parts go one after the other. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: Pick<S3Client, "send">;
  readonly #bucket: string;
  readonly #partBytes: number;
  readonly #timeoutMs: number;
  readonly #ahead: Ahead;

  constructor(options: S3ObjectStoreOptions) {
    const { client, bucket, partBytes = PART_BYTES, timeoutMs = TIMEOUT_MS, aheadBytes = AHEAD_BYTES } = options;
    this.#ahead = { ...aheadBytes, bytes: 0 };
    this.#client = client;
    this.#bucket = bucket;
    this.#partBytes = partBytes;
    this.#timeoutMs = timeoutMs;
  }

  upload(key: string): ObjectUpload {
    return new S3Upload({
      client: this.#client,
      location: { Bucket: this.#bucket, Key: key },
      partBytes: this.#partBytes,
      timeoutMs: this.#timeoutMs,
      ahead: this.#ahead,
    });
  }

  read(key: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Buffer> {
    if (range !== undefined && range.start >= range.end) return noBytes();
    const get = (Key: string, abortSignal: AbortSignal) => {
      const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
      return this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key, ...Range }), { abortSignal });
    };
    const open = async (abortSignal: AbortSignal) => {
      // Of a file that is held for longer than the lifecycle rule keeps its content there is a copy.
      const copyOf = (error: unknown) => {
        const copy = heldFileKey(key);
        if (!isMissing(error) || copy === key) throw error;
        return get(copy, abortSignal);
      };
      const { Body } = await get(key, abortSignal)
        .catch(copyOf)
        .catch((error: unknown) => {
          throw isMissing(error) ? new ObjectMissing(key) : error;
        });
      return Body;
    };
    return new ObjectReader({ open, stallMs: this.#timeoutMs });
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }), limit(this.#timeoutMs));
  }
}

interface S3UploadOptions {
  readonly client: Pick<S3Client, "send">;
  readonly location: { readonly Bucket: string; readonly Key: string };
  readonly partBytes: number;
  readonly timeoutMs: number;
  readonly ahead: Ahead;
}

/** What waits of all uploads. */
interface Ahead extends AheadBytes {
  bytes: number;
}

class S3Upload implements ObjectUpload {
  readonly #client: Pick<S3Client, "send">;
  readonly #location: { readonly Bucket: string; readonly Key: string };
  readonly #partBytes: number;
  readonly #timeoutMs: number;
  readonly #parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  #size = 0;
  #uploadId: string | undefined;
  readonly #abort = new AbortController();
  #aborted: Promise<void> | undefined;
  /** Writers may not wait for each other: parts go out one after the other all the same. */
  #last: Promise<void> = Promise.resolve();
  /** The parts that are sent, one after the other. While the store stalls, the client is read on, and so seen leaving. */
  #sending: Promise<void> = Promise.resolve();
  /** Parts of these that are not sent, and bytes of those that wait behind the first one. */
  #unsent = 0;
  #aheadBytes = 0;
  readonly #ahead: Ahead;
  #failure: { readonly error: unknown } | undefined;

  constructor({ client, location, partBytes, timeoutMs, ahead }: S3UploadOptions) {
    this.#ahead = ahead;
    this.#client = client;
    this.#location = location;
    this.#partBytes = partBytes;
    this.#timeoutMs = timeoutMs;
  }

  write(bytes: Buffer): Promise<void> {
    const written = this.#last.then(() => {
      // A writer that continues would begin another upload, which is never ended.
      this.#abort.signal.throwIfAborted();
      return this.#append(bytes);
    });
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    this.#size += bytes.length;
    if (this.#buffered < this.#partBytes) return;
    const before = this.#sending;
    const isAhead = this.#mayWait(this.#buffered);
    if (!isAhead) await before;
    this.#sending = this.#sendAfter(before, this.#take(), isAhead);
    // The next write, or `finish`, throws what went wrong.
    this.#sending.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Whether a part may wait for the ones before it, so that its client is read on. */
  #mayWait(bytes: number): boolean {
    const { most, ofUpload, bytes: ofAll } = this.#ahead;
    return this.#unsent > 0 && this.#aheadBytes + bytes <= ofUpload && ofAll + bytes <= most;
  }

  async #sendAfter(before: Promise<void>, part: Buffer, isAhead: boolean): Promise<void> {
    const held = isAhead ? part.length : 0;
    this.#unsent++;
    this.#aheadBytes += held;
    this.#ahead.bytes += held;
    try {
      await before.finally(() => {
        this.#aheadBytes -= held;
        this.#ahead.bytes -= held;
      });
      await this.#sendPart(part);
    } finally {
      this.#unsent--;
    }
  }

  async finish(): Promise<number> {
    await this.#last;
    await this.#sending;
    if (this.#uploadId === undefined) {
      await this.#client.send(new PutObjectCommand({ ...this.#location, Body: this.#take() }), this.#limit());
      return this.#size;
    }
    if (this.#buffered > 0) await this.#sendPart(this.#take());
    const command = new CompleteMultipartUploadCommand({
      ...this.#location,
      UploadId: this.#uploadId,
      MultipartUpload: { Parts: this.#parts },
    });
    await this.#client.send(command, this.#limit());
    return this.#size;
  }

  abort(): Promise<void> {
    this.#aborted ??= this.#remove();
    return this.#aborted;
  }

  async #remove(): Promise<void> {
    this.#abort.abort(new Error("The upload was aborted."));
    await this.#last;
    await this.#sending.catch(() => undefined);
    this.#chunks = [];
    if (this.#uploadId === undefined) return;
    const command = new AbortMultipartUploadCommand({ ...this.#location, UploadId: this.#uploadId });
    // What can't be removed now, the bucket's lifecycle rule removes after days.
    await this.#client.send(command, limit(this.#timeoutMs)).then(
      () => undefined,
      () => undefined,
    );
  }

  async #sendPart(body: Buffer): Promise<void> {
    if (this.#uploadId === undefined) {
      const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(this.#location), this.#limit());
      this.#uploadId = UploadId;
    }
    const PartNumber = this.#parts.length + 1;
    const command = new UploadPartCommand({ ...this.#location, UploadId: this.#uploadId, PartNumber, Body: body });
    const { ETag } = await this.#client.send(command, this.#limit());
    this.#parts.push({ PartNumber, ETag });
  }

  #limit(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#timeoutMs)]) };
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#chunks, this.#buffered);
    this.#chunks = [];
    this.#buffered = 0;
    return bytes;
  }
}

function limit(ms: number): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(ms) };
}

async function* noBytes(): AsyncGenerator<Buffer> {}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoSuchKey" || error.name === "NotFound");
}
