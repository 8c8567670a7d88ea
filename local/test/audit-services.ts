import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import { auditPublicKey, publicKeyPem } from "../../domain/audit/signed-head.ts";
import { FirehoseStream } from "../../lambdas/seal-audit/firehose-stream.ts";
import { KmsHeadSigner } from "../../lambdas/seal-audit/kms-head-signer.ts";
import { S3AuditBucket } from "../../lambdas/seal-audit/s3-audit-bucket.ts";
import { awsEndpoint } from "../aws-api/endpoint.ts";
import { bind } from "../http/server.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import { firehoseOperations } from "../services/firehose/api.ts";
import type { FirehoseRuntime } from "../services/firehose/runtime.ts";
import { kmsOperations } from "../services/kms/api.ts";
import { KmsRuntime } from "../services/kms/runtime.ts";
import { handleS3 } from "../services/s3/api.ts";
import { ObjectFolder } from "../services/s3/object-folder.ts";

const client = { region: "eu-west-1", credentials: LOCAL_CREDENTIALS };

/** The twin's KMS with one signing key. */
export async function keyService() {
  const kms = new KmsRuntime(undefined);
  kms.signingKeys.add("arn:key");
  const none = () => {
    throw new Error("only KMS is called here");
  };
  const server = await bind(0, "", awsEndpoint({ dynamodb: none, s3: none, query: {}, json: kmsOperations(kms) }));
  const api = new KMSClient({ ...client, endpoint: `http://127.0.0.1:${server.port}` });
  onTestFinished(async () => {
    api.destroy();
    await server.close();
  });
  const { PublicKey = new Uint8Array() } = await api.send(new GetPublicKeyCommand({ KeyId: "arn:key" }));
  return { api, key: auditPublicKey(publicKeyPem(PublicKey)), signer: await KmsHeadSigner.open(api, "arn:key") };
}

/** The twin's S3 with one bucket, `audit`. */
export async function bucketService() {
  const folder = mkdtempSync(join(tmpdir(), "sluice-audit-bucket-"));
  const objects = new ObjectFolder(folder);
  const server = await bind(0, "", (request, response) => {
    handleS3((name) => (name === "audit" ? objects : undefined), request, response).catch(() => response.destroy());
  });
  const s3 = new S3Client({ ...client, endpoint: `http://127.0.0.1:${server.port}`, forcePathStyle: true });
  onTestFinished(async () => {
    s3.destroy();
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const files = () =>
    new Map(
      objects.list("").map(({ key }) => [key, readFileSync(join(folder, "objects", `=${encodeURIComponent(key)}`))]),
    );
  return { folder, s3, bucket: new S3AuditBucket(s3, "audit"), files };
}

/** The sealer's client of the twin's Firehose. */
export async function streamService(firehose: FirehoseRuntime, name: string) {
  const none = () => {
    throw new Error("only Firehose is called here");
  };
  const operations = { dynamodb: none, s3: none, query: {}, json: firehoseOperations(firehose) };
  const server = await bind(0, "", awsEndpoint(operations));
  const api = new FirehoseClient({ ...client, endpoint: `http://127.0.0.1:${server.port}` });
  onTestFinished(async () => {
    api.destroy();
    await server.close();
  });
  return new FirehoseStream(api, name);
}
