import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { onTestFinished } from "vitest";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { readUsageKey } from "../../domain/usage/usage-keys.ts";
import { readSums, type UsageAddition, usageAdditions } from "../../domain/usage/usage-sums.ts";
import { type CountResult, countUsage } from "../../lambdas/count-usage/count-usage.ts";
import { DynamoUsageSums } from "../../lambdas/count-usage/dynamo-usage-sums.ts";
import { S3UsageFiles } from "../../lambdas/count-usage/s3-usage-files.ts";
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
const TableName = "usage";
export const USAGE_BUCKET = "usage-files";

/** For tests: the local stack's table and bucket of usage, and the function that counts, with these as its world. */
export async function startUsageLedger(targetGroup: (arn: string) => TargetGroup | undefined = () => undefined) {
  const dynamodb = new LocalDynamoDb(undefined);
  const bucket = new ObjectFolder(temporaryFolder());
  const state = { isDown: false };
  const created: string[] = [];
  const port = await serve(
    awsEndpoint({
      dynamodb: (request, response) => dynamodb.handle(request, response),
      s3: async (request, response) => {
        if (state.isDown) return void response.destroy();
        const find = (name: string) => (name === USAGE_BUCKET ? bucket : undefined);
        return handleS3(find, request, response, (_bucket, key) => created.push(key));
      },
      json: {},
      query: {
        ...elbOperations(targetGroup),
        ...autoScalingOperations({ instances: () => [], completeHook: () => false }),
      },
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const attribute = ["series", "entry"].map((name) => ({ name, type: "S" }));
  await dynamodb.createTable({ name: TableName, hash_key: "series", range_key: "entry", attribute });
  const settings = { endpoint: url, region, credentials: LOCAL_CREDENTIALS };
  const base = new DynamoDBClient(settings);
  const s3 = new S3Client(settings);
  onTestFinished(async () => {
    base.destroy();
    s3.destroy();
    await dynamodb.close();
  });
  const client = DynamoDBDocumentClient.from(base);
  const files = new S3UsageFiles(s3, USAGE_BUCKET);
  /** @param send replaces the client, for one that fails */
  const count = (event: unknown, { send = client, now = Date.now } = {}): Promise<CountResult> => {
    const sums = new DynamoUsageSums({ client: send, tableName: TableName, now, retryMs: 1 });
    return countUsage(event, { files, sums, now });
  };
  const write = async (key: string, lines: readonly (UsageEvent | object | string)[]) => {
    const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
    await s3.send(new PutObjectCommand({ Bucket: USAGE_BUCKET, Key: key, Body: gzipSync(`${text}\n`) }));
  };
  const stored = async () => {
    const items: Pick<UsageAddition, "series" | "entry" | "sums">[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
      for (const item of Items) {
        const key = { series: String(item.series), entry: String(item.entry) };
        if (readUsageKey(key) !== undefined) items.push({ ...key, sums: readSums(item) });
      }
    return inOrder(items);
  };
  return { url, client, bucket, state, created, count, write, stored, files, read: (key: string) => files.read(key) };
}

/** The items of the table after these events, in the order of their keys. */
export function expectedItems(events: readonly UsageEvent[]) {
  return inOrder(usageAdditions(events).map(({ series, entry, sums }) => ({ series, entry, sums })));
}

/** S3's notification of these objects. */
export function notification(...keys: readonly string[]) {
  return {
    Records: keys.map((key) => ({ eventSource: "aws:s3", s3: { object: { key: key.replaceAll("=", "%3D") } } })),
  };
}

function inOrder<Item extends { readonly series: string; readonly entry: string }>(items: readonly Item[]): Item[] {
  const name = ({ series, entry }: Item) => `${series} ${entry}`;
  return items.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}
