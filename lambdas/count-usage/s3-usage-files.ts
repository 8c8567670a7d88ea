import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { USAGE_SEGMENTS_PREFIX } from "../../contracts/usage/usage-counter.ts";

/** A file of usage events. */
export interface UsageFile {
  readonly key: string;
  /** Unix milliseconds. */
  readonly writtenAt: number;
}

const DAY_MS = 86_400_000;
/** A segment that waited on a gateway's disk has the date on which it began: so many days before it was written. */
const LATE_DAYS = 2;

/** The bucket of usage events. */
export class S3UsageFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async read(key: string): Promise<Uint8Array> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    if (Body === undefined) throw new Error("S3 sent no content");
    return await Body.transformToByteArray();
  }

  /** Files that were written within this time before `now`, in the order of their keys. */
  async list(now: number, ageMs: number): Promise<readonly UsageFile[]> {
    const files: UsageFile[] = [];
    for (let at = now - ageMs - LATE_DAYS * DAY_MS; at < now + DAY_MS; at += DAY_MS) {
      const written = await this.under(`${USAGE_SEGMENTS_PREFIX}date=${new Date(at).toISOString().slice(0, 10)}/`);
      files.push(...written.filter(({ writtenAt }) => writtenAt >= now - ageMs));
    }
    return files;
  }

  /** Files whose keys begin so, in the order of their keys. */
  async under(prefix: string): Promise<readonly UsageFile[]> {
    const files: UsageFile[] = [];
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages)
      for (const { Key, LastModified } of Contents)
        if (Key !== undefined) files.push({ key: Key, writtenAt: LastModified?.getTime() ?? 0 });
    return files;
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body }));
  }
}
