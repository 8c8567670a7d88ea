import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { heldFileKey } from "../../../domain/erasure/file-partitions.ts";
import { eachOf } from "../store/each-of.ts";
import type { HeldCopies, HeldItem } from "./held-items.ts";

/** S3 copies an object of up to 5 GB at once; so much takes a second or two, and parts go beside each other. */
const PART_BYTES = 256 * 1024 * 1024;
const PARTS_AT_ONCE = 8;
const PAGE = 100;

/**
 * Copies the content of held files to where no lifecycle rule deletes it. S3 copies by itself: no content passes through the function.
 */
export class FileCopies implements HeldCopies {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #partBytes: number;

  /** @param partBytes of the parts in which larger files are copied. @default - 256 MiB */
  constructor(s3: S3Client, bucket: string, partBytes = PART_BYTES) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#partBytes = partBytes;
  }

  has({ sk, objectKey }: HeldItem): boolean {
    return String(sk).startsWith("file#") && typeof objectKey === "string";
  }

  async copy(item: HeldItem): Promise<void> {
    const { from, to } = keysOf(item);
    const CopySource = `${this.#bucket}/${from.split("/").map(encodeURIComponent).join("/")}`;
    const target = { Bucket: this.#bucket, Key: to };
    try {
      const bytes = Number(item.bytes);
      if (bytes <= this.#partBytes) await this.#s3.send(new CopyObjectCommand({ ...target, CopySource }));
      else await this.#copyParts(target, CopySource, bytes);
    } catch (error) {
      // The file was deleted, or its time is over and another hold has its copy.
      if (!(error instanceof Error && error.name === "NoSuchKey")) throw error;
    }
  }

  /** What a run that ended in the middle leaves of it, the bucket's rule for incomplete uploads removes. */
  async #copyParts(target: { readonly Bucket: string; readonly Key: string }, CopySource: string, bytes: number) {
    const { UploadId } = await this.#s3.send(new CreateMultipartUploadCommand(target));
    const count = Math.ceil(bytes / this.#partBytes);
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const tags = new Map<number, string | undefined>();
    await eachOf(numbers, PARTS_AT_ONCE, async (PartNumber) => {
      const start = (PartNumber - 1) * this.#partBytes;
      const CopySourceRange = `bytes=${start}-${Math.min(bytes, start + this.#partBytes) - 1}`;
      const part = { ...target, UploadId, PartNumber, CopySource, CopySourceRange };
      const { CopyPartResult } = await this.#s3.send(new UploadPartCopyCommand(part));
      tags.set(PartNumber, CopyPartResult?.ETag);
    });
    const Parts = numbers.map((PartNumber) => ({ PartNumber, ETag: tags.get(PartNumber) }));
    await this.#s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  }

  async versions(item: HeldItem): Promise<readonly string[]> {
    const { to } = keysOf(item);
    // The key of a file is the beginning of no other one's. Of so many holds of one file a later pass removes the rest.
    const { Versions = [] } = await this.#s3.send(
      new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: to, MaxKeys: PAGE }),
    );
    return Versions.flatMap(({ Key, VersionId }) => (Key === to && VersionId !== undefined ? [VersionId] : []));
  }

  async remove(item: HeldItem, versions: readonly string[]): Promise<void> {
    const { to } = keysOf(item);
    for (const VersionId of versions)
      await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: to, VersionId }));
  }
}

function keysOf({ objectKey }: HeldItem): { readonly from: string; readonly to: string } {
  const from = String(objectKey);
  return { from, to: heldFileKey(from) };
}
