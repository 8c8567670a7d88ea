import { type FileHandle, open } from "node:fs/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

export interface WeightsBucketOptions {
  readonly bucket: string;
  /** Region of the first request; the bucket's own is found by S3's redirect. */
  readonly region: string;
  /** Customer key for the objects. @default - the bucket's own setting */
  readonly kmsKeyArn?: string | undefined;
}

export interface WeightsFile {
  /** Path on this machine. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the content in lower-case hex. */
  readonly sha256: string;
}

/** Parts of a large object. S3 takes 10,000 of at least 5 MiB each, so larger files have larger parts. */
const PART_BYTES = 64 * 1024 ** 2;
const MOST_PARTS = 10_000;
/** Parts that are sent at once; each is in memory. */
const PARTS_AT_ONCE = 4;
/** Name of the checksum in an object's metadata, by which an interrupted upload is continued. */
const CHECKSUM = "sha256";

/** The objects of a bucket of weights. Endpoint and credentials come from the AWS SDK's own settings. */
export class WeightsBucket {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #encryption: { readonly ServerSideEncryption?: "aws:kms"; readonly SSEKMSKeyId?: string };
  readonly #partBytes: number;

  /** @param partBytes size of a part, for tests */
  constructor({ bucket, region, kmsKeyArn }: WeightsBucketOptions, partBytes = PART_BYTES) {
    this.#client = new S3Client({ region, followRegionRedirects: true });
    this.#bucket = bucket;
    this.#encryption = kmsKeyArn === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyArn };
    this.#partBytes = partBytes;
  }

  /** Text of an object; `undefined` where there is none. */
  async text(Key: string): Promise<string | undefined> {
    return orMissing(async () => {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
      return Body?.transformToString();
    });
  }

  /** Whether the object has this content, by the checksum that `put` stored with it. */
  async hasFile(Key: string, { bytes, sha256 }: WeightsFile): Promise<boolean> {
    const found = await orMissing(() => this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key })));
    return found?.ContentLength === bytes && found.Metadata?.[CHECKSUM] === sha256;
  }

  /** Uploads a file, a large one in parts. */
  async put(Key: string, { path, bytes, sha256 }: WeightsFile): Promise<void> {
    const target = { Bucket: this.#bucket, Key };
    const settings = { ...target, ...this.#encryption, Metadata: { [CHECKSUM]: sha256 } };
    const file = await open(path);
    try {
      if (bytes <= this.#partBytes) {
        await this.#client.send(new PutObjectCommand({ ...settings, Body: await read(file, 0, bytes) }));
        return;
      }
      const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(settings));
      try {
        const Parts = await this.#putParts(file, bytes, { ...target, UploadId });
        await this.#client.send(
          new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
        );
      } catch (error) {
        // Parts that stay cost as much as objects do.
        await this.#client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  async #putParts(
    file: FileHandle,
    bytes: number,
    upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
  ) {
    const partBytes = Math.max(this.#partBytes, Math.ceil(bytes / MOST_PARTS));
    const numbers = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => index + 1);
    const parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
    const remaining = numbers.values();
    const putNext = async (): Promise<void> => {
      for (const PartNumber of remaining) {
        const start = (PartNumber - 1) * partBytes;
        const Body = await read(file, start, Math.min(partBytes, bytes - start));
        const { ETag } = await this.#client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        parts.push({ PartNumber, ETag });
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, putNext));
    return parts.sort((a, b) => a.PartNumber - b.PartNumber);
  }
}

async function read(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
  if (bytesRead !== length)
    throw new Error(`A file became shorter while it was read: ${bytesRead} of ${length} bytes.`);
  return buffer;
}

async function orMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== "NoSuchBucket")
      return undefined;
    throw error;
  }
}
