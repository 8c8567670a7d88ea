import { KMSClient } from "@aws-sdk/client-kms";
import { onTestFinished } from "vitest";
import { KmsSecretSealer } from "../../lambdas/secret-sealer.ts";
import { awsEndpoint } from "../aws-api/endpoint.ts";
import { bind } from "../http/server.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import { kmsOperations } from "../services/kms/api.ts";
import { KmsRuntime } from "../services/kms/runtime.ts";
import type { AtEnd } from "./control-table.ts";

const KEY_ARN = "arn:aws:kms:eu-west-1:000000000000:key/local";

/** Seals secrets by the local stack's KMS, until the test has finished. */
export async function localSealer(atEnd: AtEnd = onTestFinished): Promise<KmsSecretSealer> {
  const runtime = new KmsRuntime(undefined);
  runtime.encryptingKeys.add(KEY_ARN);
  const unused = () => Promise.reject(new Error("not KMS"));
  const aws = await bind(0, "", awsEndpoint({ dynamodb: unused, s3: unused, json: kmsOperations(runtime), query: {} }));
  const endpoint = `http://127.0.0.1:${aws.port}`;
  const client = new KMSClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });
  atEnd(async () => {
    client.destroy();
    await aws.close();
  });
  return new KmsSecretSealer(client, KEY_ARN);
}
