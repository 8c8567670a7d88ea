import {
  GetObjectCommand,
  HeadBucketCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import * as z from "zod";
import { MANIFEST_FILE } from "../../contracts/engine/weights-manifest.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";

/** A folder of weights in S3, as its bucket has it. */
export interface WeightsFolder {
  /** Text of the manifest; `undefined` where there is none. */
  readonly manifest: string | undefined;
  /** Customer or AWS managed key of the manifest; `undefined`: S3's own. */
  readonly kmsKeyArn: string | undefined;
  /** Bytes of the objects by their path below the folder. */
  readonly objects: ReadonlyMap<string, number>;
}

/** The calls of doctor about weights of the user's own. */
export interface WeightsFacts {
  /** Region of a bucket; `undefined` when there is no such bucket. @throws when it may not be read */
  bucketRegion(bucket: string, signal: AbortSignal): Promise<string | undefined>;
  weightsFolder(bucket: string, prefix: string, signal: AbortSignal): Promise<WeightsFolder>;
}

/** S3's response for a bucket in another region. */
const Redirect = z.object({ $response: z.object({ headers: z.object({ "x-amz-bucket-region": z.string() }) }) });

export function weightsFacts(access: AwsAccess): WeightsFacts {
  const { region } = access;
  const s3 = () => new S3Client({ ...clientSettings(access), maxAttempts: 2 });
  return {
    async bucketRegion(Bucket, abortSignal) {
      try {
        const { BucketRegion } = await s3().send(new HeadBucketCommand({ Bucket }), { abortSignal });
        return BucketRegion ?? region;
      } catch (error) {
        if (isMissing(error)) return undefined;
        const redirect = Redirect.safeParse(error);
        const elsewhere = redirect.data?.$response.headers["x-amz-bucket-region"];
        if (elsewhere !== undefined && elsewhere !== region) return elsewhere;
        throw error;
      }
    },
    async weightsFolder(Bucket, prefix, abortSignal) {
      const start = `${prefix}/`;
      const objects = new Map<string, number>();
      const pages = paginateListObjectsV2({ client: s3() }, { Bucket, Prefix: start }, { abortSignal });
      for await (const { Contents = [] } of pages)
        for (const { Key = "", Size = 0 } of Contents) objects.set(Key.slice(start.length), Size);
      try {
        const request = new GetObjectCommand({ Bucket, Key: start + MANIFEST_FILE });
        const { Body, SSEKMSKeyId } = await s3().send(request, { abortSignal });
        return { manifest: await Body?.transformToString(), kmsKeyArn: SSEKMSKeyId, objects };
      } catch (error) {
        if (isMissing(error)) return { manifest: undefined, kmsKeyArn: undefined, objects };
        throw error;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}
