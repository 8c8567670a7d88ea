import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { ENV, ENV_BLOCK_END, ENV_BLOCK_START } from "../../../contracts/processes/process-environment.ts";
import type { S3Runtime } from "../s3/runtime.ts";

const GZIP_START = Buffer.from([0x1f, 0x8b]);

/**
 * The variables in a launch template's user data: `NAME='value'` lines between the markers.
 * @param userData base64 of the script, or of the compressed script, as cloud-init takes both
 */
export function environmentBlock(userData: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(userData, "base64");
  const isCompressed = bytes.subarray(0, GZIP_START.length).equals(GZIP_START);
  const lines = (isCompressed ? gunzipSync(bytes) : bytes).toString().split("\n");
  const start = lines.findIndex((line) => line.trimEnd().endsWith(ENV_BLOCK_START));
  const end = lines.indexOf(ENV_BLOCK_END, start);
  if (start === -1 || end === -1) throw new Error("user data has no block of environment variables");
  return Object.fromEntries(
    lines.slice(start + 1, end).map((line) => {
      const match = /^([A-Z_][A-Z0-9_]*)='([^']*)'$/.exec(line);
      if (!match?.[1]) throw new Error(`user data: expected NAME='value', got a line of ${line.length} characters`);
      return [match[1], match[2] ?? ""] as const;
    }),
  );
}

/**
 * File of the bundle that user data names, as an instance would fetch it.
 * @throws when it is not in the bucket, or not with the content that user data names
 */
export function buildOf(variables: Readonly<Record<string, string>>, s3: S3Runtime): string | undefined {
  const uri = variables[ENV.buildUri];
  if (uri === undefined) return undefined;
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const object = s3.buckets.get(bucket)?.get(key);
  if (object?.file === undefined) throw new Error(`user data names the build ${uri}, but the stacks put none there`);
  const sha256 = createHash("sha256").update(object.body).digest("hex");
  if (sha256 !== variables[ENV.buildHash])
    throw new Error(`${uri} has the SHA-256 ${sha256}, but user data names ${variables[ENV.buildHash]}`);
  return object.file;
}
