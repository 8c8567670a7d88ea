import * as z from "zod";
import { WEIGHTS_LOCATION, WEIGHTS_LOCATION_RULE } from "../contracts/engine/weights-manifest.ts";

/** Weights of your own, in a bucket that Sluice reads and does not manage: `sluice models push` uploads and signs them. */
export const OwnWeights = z.strictObject({
  /**
   * Bucket and folder of the weights and their signed manifest. A version never changes: the next one has a folder of its
   * own, and the new location replaces the engines.
   */
  s3: z.string().max(400).regex(WEIGHTS_LOCATION, WEIGHTS_LOCATION_RULE),
  /** Account of the bucket. @default - the environment's own */
  account: z
    .string()
    .regex(/^\d{12}$/, "must be the 12 digits of an AWS account, as text")
    .optional(),
  /** Customer key that the objects are encrypted with. @default - S3's own key, which needs no permission */
  kmsKeyArn: z
    .string()
    .regex(
      /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,64}$/,
      "must be a key's ARN (arn:aws:kms:…:key/…), not an alias",
    )
    .optional(),
});
