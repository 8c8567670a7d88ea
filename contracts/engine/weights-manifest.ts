import * as z from "zod";

/** A folder of weights in S3, of names that `ami/engine/files/fetch-signed.sh` reads: letters, digits and `. _ + -`. */
export const WEIGHTS_LOCATION = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9_][A-Za-z0-9._+-]*)+$/;
export const WEIGHTS_LOCATION_RULE = "must be s3://bucket/folder, of letters, digits and . _ + -, without / at the end";

/** Bucket and keys' start, without `/` at its end, of a folder that `WEIGHTS_LOCATION` matches. */
export function splitLocation(s3: string): { readonly bucket: string; readonly prefix: string } {
  const [bucket = "", ...keys] = s3.slice("s3://".length).split("/");
  return { bucket, prefix: keys.join("/") };
}

export const MANIFEST_FILE = "manifest.json";
export const SIGNATURE_FILE = "manifest.json.sig";

/** What `ami/sign-manifest.sh` writes beside the weights: the files that engines load, and no others. */
export const WeightsManifest = z.object({
  version: z.literal(1),
  /** End of the folder's address in S3. */
  name: z.string(),
  files: z
    .array(z.object({ path: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .min(1),
});
export type WeightsManifest = z.infer<typeof WeightsManifest>;
