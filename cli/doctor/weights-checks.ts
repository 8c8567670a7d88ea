import { catalogModel } from "../../catalog/models.ts";
import { SIGNATURE_FILE, WeightsManifest } from "../../contracts/engine/weights-manifest.ts";
import { ownWeights, type WeightsLocation } from "../../domain/own-weights.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { Environment } from "../../settings/environment.ts";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";
import type { WeightsFacts, WeightsFolder } from "./weights-facts.ts";

interface WeightsSubjects {
  readonly environment: Environment;
  readonly aws: WeightsFacts;
}

const GIB = 1024 ** 3;
/** Share by which the weights may differ from the size that the catalogue computes, before the fit is in doubt. */
const TOLERANCE = 0.1;

/** Whether the weights of the user's own are there as engines will read them; no checks where there are none. */
export function weightsChecks({ environment, aws }: WeightsSubjects): readonly Check[] {
  return Object.entries(environment.pools).flatMap(([name, pool]) => {
    const weights = ownWeights(pool);
    if (weights === undefined) return [];
    return [
      {
        name: `weights of ${name}`,
        run: async (signal: AbortSignal) => {
          const wrongBucket = await bucketProblem(weights, environment.region, aws, signal);
          if (wrongBucket !== undefined) return wrongBucket;
          const folder = await aws.weightsFolder(weights.bucket, weights.prefix, signal);
          return folderFinding(weights, folder, catalogModel(pool.model).weightsGiB);
        },
      },
    ];
  });
}

async function bucketProblem(
  { bucket }: WeightsLocation,
  region: string,
  aws: WeightsFacts,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const found = await aws.bucketRegion(bucket, signal);
  if (found === undefined)
    return fail(`there is no bucket ${bucket}`, "create it in the environment's region, or correct weights.s3");
  if (found === region) return undefined;
  return fail(
    `${bucket} is in ${found}, and engines reach buckets in ${region} alone`,
    `upload the weights to a bucket in ${region}: sluice models push`,
  );
}

function folderFinding(weights: WeightsLocation, folder: WeightsFolder, catalogueGiB: number): Finding {
  const s3 = `s3://${weights.bucket}/${weights.prefix}`;
  const remedy = `upload them: sluice models push FOLDER ${s3} --key private.pem`;
  if (folder.manifest === undefined)
    return fail(`${s3} has no manifest.json, and engines load signed weights alone`, remedy);
  const parsed = WeightsManifest.safeParse(parseJson(folder.manifest));
  if (!parsed.success) return fail(`${s3}/manifest.json has another form than sign-manifest.sh writes`, remedy);
  const { name, files } = parsed.data;
  if (name !== weights.prefix && !weights.prefix.endsWith(`/${name}`))
    return fail(`${s3} is signed for ${name}: engines refuse it`, remedy);
  if (!folder.objects.has(SIGNATURE_FILE)) return fail(`${s3} has no ${SIGNATURE_FILE}`, remedy);
  const wrong = files.filter(({ path, bytes }) => folder.objects.get(path) !== bytes).map(({ path }) => path);
  if (wrong.length > 0)
    return fail(
      `${wrong.slice(0, 3).join(", ")} of ${s3} ${wrong.length > 1 ? "are" : "is"} missing or of another size`,
      remedy,
    );
  return keyProblem(weights, folder) ?? sizeFinding(files, catalogueGiB, s3);
}

function keyProblem({ kmsKeyArn }: WeightsLocation, folder: WeightsFolder): Finding | undefined {
  const { kmsKeyArn: used } = folder;
  if (used === kmsKeyArn) return undefined;
  if (used === undefined)
    return warn(
      `the weights are not encrypted with ${kmsKeyArn}`,
      "remove weights.kmsKeyArn, or upload them with --kms-key",
    );
  const text = `the weights are encrypted with ${used}, which weights.kmsKeyArn does not name`;
  if (kmsKeyArn !== undefined) return fail(text, `set weights.kmsKeyArn to ${used}`);
  return warn(text, `set it to ${used}, unless that is the AWS managed key aws/s3, which needs no permission`);
}

function sizeFinding(files: WeightsManifest["files"], catalogueGiB: number, s3: string): Finding {
  const bytes = files.reduce((sum, file) => sum + (file.path.endsWith(".safetensors") ? file.bytes : 0), 0);
  const gib = bytes / GIB;
  const text = `${s3}: ${files.length} files, ${gib.toFixed(1)} GiB of weights`;
  if (Math.abs(gib / catalogueGiB - 1) <= TOLERANCE) return ok(text);
  return warn(
    `${text}, where the catalogue's entry has ${catalogueGiB} GiB: what fits was computed with those`,
    "name the entry of this architecture and format as model; sluice models add makes one of the folder",
  );
}
