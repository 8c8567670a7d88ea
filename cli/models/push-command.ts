import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { Command } from "commander";
import {
  MANIFEST_FILE,
  SIGNATURE_FILE,
  splitLocation,
  WEIGHTS_LOCATION,
  WEIGHTS_LOCATION_RULE,
  type WeightsManifest,
} from "../../contracts/engine/weights-manifest.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { bytesOfFile, namedText, textOfFile } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";
import { MAX_MANIFEST_BYTES, readSignedFolder, signFolder } from "./signed-folder.ts";
import { WeightsBucket, type WeightsFile } from "./weights-bucket.ts";

export interface PushTools {
  print(text: string): void;
  variable(name: string): string | undefined;
}

interface PushOptions {
  readonly key?: string;
  readonly kmsKey?: string;
  readonly mistral?: true;
  readonly region?: string;
}

const GIB = 1024 ** 3;
/** A private key has some kilobytes. */
const MAX_KEY_BYTES = 64 * 1024;

/** `sluice models push FOLDER s3://bucket/folder`: signs weights of your own and uploads them for the setting `weights`. */
export function pushCommand(tools: PushTools): Command {
  return new Command("push")
    .description("sign weights of your own and upload them to your bucket, for the setting `weights` of a model")
    .argument("<folder>", "the weights with config.json and tokenizer, as for vLLM")
    .argument("<location>", "a folder for this version, e.g. s3://team-models/support/2026-11-28")
    .option("--key <file>", "private key in PEM; default: the folder is signed already (ami/sign-manifest.sh)")
    .option("--kms-key <arn>", "customer key for the objects; default: the bucket's own setting")
    .option("--mistral", "the weights are in Mistral's own form (consolidated*.safetensors)")
    .option("--region <region>", "region of the bucket; default: that of your AWS settings")
    .action((folder: string, location: string, options: PushOptions) =>
      push(resolve(folder), location, options, tools),
    );
}

async function push(folder: string, location: string, options: PushOptions, tools: PushTools): Promise<void> {
  const s3 = location.replace(/\/$/, "");
  if (!WEIGHTS_LOCATION.test(s3)) throw new UserError(`"${location}" ${WEIGHTS_LOCATION_RULE}; correct it.`);
  const { bucket, prefix } = splitLocation(s3);
  const { key, kmsKey: kmsKeyArn, mistral: isMistral = false } = options;
  if (key !== undefined) namedText("--key", resolve(key), MAX_KEY_BYTES, key);
  if (key !== undefined) tools.print(await signFolder(folder, prefix, { key: resolve(key), isMistral }));
  const manifest = await readSignedFolder(folder, prefix);
  const region = options.region ?? tools.variable("AWS_REGION") ?? tools.variable("AWS_DEFAULT_REGION") ?? "us-east-1";
  const objects = new WeightsBucket({ bucket, region, kmsKeyArn });
  try {
    await upload({ folder, prefix, s3, manifest }, objects, tools);
  } catch (error) {
    throw refused(error, bucket);
  }
  const settings = [`s3: "${s3}"`, ...(kmsKeyArn === undefined ? [] : [`kmsKeyArn: "${kmsKeyArn}"`])].join(", ");
  tools.print(
    `${s3} is complete. In the environment's file, at the model: weights: { ${settings} }, and account where the bucket ` +
      "is another account's. Then sluice doctor reads it as engines will.",
  );
}

interface Upload {
  readonly folder: string;
  readonly prefix: string;
  readonly s3: string;
  readonly manifest: WeightsManifest;
}

/** Uploads what is missing; the manifest comes last, so that engines never see one before its files. */
async function upload({ folder, prefix, s3, manifest }: Upload, objects: WeightsBucket, tools: PushTools) {
  const own = textOfFile(join(folder, MANIFEST_FILE), MAX_MANIFEST_BYTES);
  const stored = await objects.text(`${prefix}/${MANIFEST_FILE}`);
  if (stored !== undefined && stored !== own)
    throw new UserError(
      `${s3} has other weights already. A version never changes, or engines would differ from each other: upload to a new ` +
        "folder, and name it in the environment's file.",
    );
  const put = async (path: string, file: WeightsFile) => {
    if (await objects.hasFile(`${prefix}/${path}`, file)) return;
    tools.print(`uploading ${path} (${(file.bytes / GIB).toFixed(2)} GiB) …`);
    await objects.put(`${prefix}/${path}`, file);
  };
  for (const { path, bytes, sha256 } of manifest.files) await put(path, { path: join(folder, path), bytes, sha256 });
  for (const path of [SIGNATURE_FILE, MANIFEST_FILE]) {
    const content = bytesOfFile(join(folder, path), MAX_MANIFEST_BYTES);
    const sha256 = createHash("sha256").update(content).digest("hex");
    await put(path, { path: join(folder, path), bytes: content.length, sha256 });
  }
}

/** The error as the operator can correct it, where AWS's reason is known. */
function refused(error: unknown, bucket: string): unknown {
  if (error instanceof Error && error.name === "NoSuchBucket")
    return new UserError(`There is no bucket ${bucket}; create it in the environment's region, closed to the public.`);
  const failure = awsFailure(error);
  return failure ? new UserError(`${bucket}: ${failure.text}; ${failure.remedy}.`) : error;
}
