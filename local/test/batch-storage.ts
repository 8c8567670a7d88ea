import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import OpenAI, { toFile } from "openai";
import { onTestFinished } from "vitest";
import type { BatchEndpoint, BatchSettings } from "../../contracts/api/batches.ts";
import { awsEndpoint } from "../aws-api/endpoint.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import { LocalDynamoDb } from "../services/dynamodb/local-dynamodb.ts";
import { autoScalingOperations } from "../services/ec2-autoscaling/api.ts";
import { elbOperations } from "../services/elb/api.ts";
import type { TargetGroup } from "../services/elb/target-group.ts";
import { handleS3 } from "../services/s3/api.ts";
import { ObjectFolder } from "../services/s3/object-folder.ts";
import { serve, temporaryFolder } from "./tools.ts";

const region = "us-east-1";

export const BATCHES: BatchSettings = {
  table: "batches",
  bucket: "files",
  maxFileBytes: 20_000_000,
  maxLinesInFlight: 8,
  maxOpenPerKey: 20,
};

/** The twin's table and bucket for batches, behind one address, with AWS's own clients for it. */
export async function startBatchStorage(targetGroup: (arn: string) => TargetGroup | undefined = () => undefined) {
  const dynamodb = new LocalDynamoDb(undefined);
  const bucket = new ObjectFolder(temporaryFolder());
  const port = await serve(
    awsEndpoint({
      dynamodb: (request, response) => dynamodb.handle(request, response),
      s3: (request, response) => handleS3((name) => (name === BATCHES.bucket ? bucket : undefined), request, response),
      json: {},
      query: {
        ...elbOperations(targetGroup),
        ...autoScalingOperations({ instances: () => [], completeHook: () => false }),
      },
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  for (const table of [
    { name: BATCHES.table, hash_key: "pk", range_key: "sk", names: ["pk", "sk"] },
    { name: "test-keys", hash_key: "keyId", names: ["keyId"] },
  ])
    await dynamodb.createTable({ ...table, attribute: table.names.map((name) => ({ name, type: "S" })) });
  const settings = { endpoint: url, region, credentials: LOCAL_CREDENTIALS };
  const base = new DynamoDBClient(settings);
  const s3 = new S3Client(settings);
  onTestFinished(async () => {
    base.destroy();
    s3.destroy();
    await dynamodb.close();
  });
  return { url, bucket, s3, dynamodb: DynamoDBDocumentClient.from(base) };
}

/** OpenAI's own client for a gateway. */
export function openAi(url: string, apiKey = "none"): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}

export function chatRequest(customId: string, body: Readonly<Record<string, unknown>> = {}) {
  return {
    custom_id: customId,
    method: "POST",
    url: "/v1/chat/completions",
    body: { model: "tiny", messages: [{ role: "user", content: `Hello ${customId}` }], ...body },
  };
}

/** Uploads lines and begins a batch over them. */
export async function submit(
  client: OpenAI,
  lines: readonly unknown[],
  endpoint: BatchEndpoint = "/v1/chat/completions",
): Promise<OpenAI.Batches.Batch> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const file = await client.files.create({ file: await toFile(Buffer.from(text), "lines.jsonl"), purpose: "batch" });
  return await client.batches.create({
    input_file_id: file.id,
    endpoint,
    completion_window: "24h",
  });
}

/** Waits until the batch is in one of the states. */
export async function until(
  client: OpenAI,
  id: string,
  reached: (batch: OpenAI.Batches.Batch) => boolean,
  limitMs = 25_000,
): Promise<OpenAI.Batches.Batch> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const batch = await client.batches.retrieve(id);
    if (reached(batch)) return batch;
    if (Date.now() > deadline) throw new Error(`the batch is still ${JSON.stringify(batch)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const isOver = ({ status }: OpenAI.Batches.Batch) =>
  ["completed", "failed", "expired", "cancelled"].includes(status);

export interface BatchResult {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: unknown } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The lines of a file that a batch wrote; none when there is no file. */
export async function resultsOf(client: OpenAI, fileId: string | null | undefined): Promise<readonly BatchResult[]> {
  if (!fileId) return [];
  const text = await (await client.files.content(fileId)).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
