import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import type { ArtefactStore } from "../data/artefact-store.ts";
import type { PolicyStatement } from "../identity/service-role.ts";

export interface GatewayBuildProps {
  readonly artefacts: ArtefactStore;
  /** Path of the bundle that `npm run build` makes, `server.mjs`. */
  readonly bundle: string;
}

const PREFIX = "gateway/";

/**
 * The gateway's bundle in the artefact bucket. Instances get its version and the SHA-256 of its content: they run
 * nothing else, and new content makes a new launch template, which rolls the fleet.
 */
export class GatewayBuild extends Construct {
  /** Environment variables of an instance: location and hash of the bundle. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #artefacts: ArtefactStore;

  constructor(scope: Construct, id: string, { artefacts, bundle }: GatewayBuildProps) {
    super(scope, id);
    if (!existsSync(bundle)) throw new Error(`There is no gateway bundle at ${bundle}; run \`npm run build\` first.`);
    this.#artefacts = artefacts;
    const asset = new TerraformAsset(this, "Bundle", { path: bundle, type: AssetType.FILE });
    const sha256 = createHash("sha256").update(readFileSync(bundle)).digest("hex");
    // One key, a version for each content: a rollout that AWS rolls back still finds the previous version, for as long as
    // the bucket keeps old ones. A key for each content would be deleted, with all its versions, by the next deployment.
    const object = new S3Object(this, "Default", {
      bucket: artefacts.bucketName,
      key: `${PREFIX}server.mjs`,
      source: asset.path,
      sourceHash: sha256,
      kmsKeyId: artefacts.kmsKeyArn,
      contentType: "text/javascript",
    });
    this.variables = {
      [ENV.buildUri]: `s3://${artefacts.bucketName}/${object.key}`,
      [ENV.buildVersion]: object.versionId,
      [ENV.buildHash]: sha256,
    };
  }

  /** Reading the versions of the bundle, and nothing else. */
  readStatements(): readonly PolicyStatement[] {
    return this.#artefacts.readVersionStatements(PREFIX);
  }
}
