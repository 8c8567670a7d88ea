import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { AuditBucket } from "./sealing-ports.ts";

/** Another run writes the same object at this moment: S3's documentation says to send the request again. */
const CONFLICT = "ConditionalRequestConflict";
const MAX_ATTEMPTS = 4;

/** A bucket whose default retention locks every object; conditional writes keep a second version from being made. */
export class S3AuditBucket implements AuditBucket {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async putOnce(key: string, content: string): Promise<string> {
    const object = { Bucket: this.#bucket, Key: key };
    for (let attempt = 1; ; attempt++) {
      try {
        // S3 requires a checksum for objects with a retention; the SDK adds one.
        await this.#client.send(new PutObjectCommand({ ...object, Body: content, IfNoneMatch: "*" }));
        return content;
      } catch (error) {
        const name = error instanceof Error ? error.name : "";
        if (name === "PreconditionFailed") break;
        if (name !== CONFLICT || attempt === MAX_ATTEMPTS) throw error;
      }
    }
    return this.read(key);
  }

  async read(key: string): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    if (Body === undefined) throw new Error(`s3://${this.#bucket}/${key} was written before and has no content now.`);
    return Body.transformToString();
  }
}
