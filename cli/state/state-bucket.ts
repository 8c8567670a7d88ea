import { HeadBucketCommand, HeadObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";

/** Whether the state bucket exists: `foreign` belongs to another account or region, or the operator may not read it. */
export type BucketState = "missing" | "ours" | "foreign";

/** Looks up state buckets and the states in them. */
export interface StateBuckets {
  bucket(name: string): Promise<BucketState>;
  hasState(bucket: string, key: string): Promise<boolean>;
}

/** State buckets on S3. */
export class S3StateBuckets implements StateBuckets {
  readonly #client: S3Client;

  constructor(access: AwsAccess) {
    this.#client = new S3Client(clientSettings(access));
  }

  async bucket(name: string): Promise<BucketState> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: name }));
      return "ours";
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return "missing";
      if (status === 403 || status === 301) return "foreign"; // 301: in another region
      throw error;
    }
  }

  async hasState(bucket: string, key: string): Promise<boolean> {
    try {
      await this.#client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
