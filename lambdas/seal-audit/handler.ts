import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { awsLimits } from "../aws-limits.ts";
import { metricLine } from "../metric-line.ts";
import { DynamoAuditTable } from "./dynamo-audit-table.ts";
import { DynamoStreamPositions } from "./dynamo-stream-positions.ts";
import { FirehoseStream } from "./firehose-stream.ts";
import { KmsHeadSigner } from "./kms-head-signer.ts";
import { recordRepeatedRefusals } from "./repeated-refusals.ts";
import { S3AuditBucket } from "./s3-audit-bucket.ts";
import { sealAll } from "./seal-chain.ts";
import { signErasures } from "./sign-erasures.ts";
import { streamAll } from "./stream-chains.ts";

const Settings = z.object({
  [ENV.environment]: z.string().min(1),
  [ENV.controlTable]: z.string().min(1),
  [ENV.auditBucket]: z.string().min(1),
  [ENV.auditKey]: z.string().min(1),
  [ENV.auditStream]: z.string().min(1).optional(),
  AWS_ENDPOINT_URL: z.url().optional(),
});
const settings = Settings.parse(process.env);
/** A server other than AWS has no host name for each bucket. */
const forcePathStyle = settings.AWS_ENDPOINT_URL !== undefined;
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(3000)));
const table = new DynamoAuditTable(client, settings[ENV.controlTable]);
const bucket = new S3AuditBucket(new S3Client({ ...awsLimits(5000), forcePathStyle }), settings[ENV.auditBucket]);
const kms = new KMSClient(awsLimits(3000));

const positions = new DynamoStreamPositions(client, settings[ENV.controlTable]);
const streamName = settings[ENV.auditStream];
const stream =
  streamName === undefined ? undefined : new FirehoseStream(new FirehoseClient(awsLimits(5000)), streamName);

/** How long a run may take, of the minute until the next one. */
const RUN_MS = 40_000;
/** With a stream a run seals twice, so that an event is in it within half a minute. */
const SECOND_SEAL_MS = 30_000;
/** How long a run may give events to the stream: what is left of the function's 55 seconds is for the last call. */
const STREAM_MS = 45_000;

/** Seals the events of all organisations; called each minute by EventBridge's schedule. */
export const handler = middy().handler(async () => {
  const startMs = Date.now();
  // Before the events are sealed, so that these are among them.
  const counted = await recordRepeatedRefusals(client, settings[ENV.controlTable], startMs).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error : new Error(String(error))],
  );
  const signer = await KmsHeadSigner.open(kms, settings[ENV.auditKey]);
  const tools = { table, bucket, signer, now: Date.now, deadlineMs: startMs + RUN_MS };
  const { errors: failed, unsealed } = await sealAll(tools);
  const unsigned = await signErasures(table, signer, Date.now);
  const dimensions = { Environment: settings[ENV.environment] };
  const values = [{ metric: METRICS.unsealedChains, value: unsealed }];
  process.stdout.write(`${metricLine({ time: Date.now(), dimensions, values })}\n`);
  const errors = [...counted, ...failed, ...unsigned, ...(await streamed(tools, startMs))];
  // Lambda then repeats the run.
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
});

/** Gives what is sealed to the stream, and once more what is sealed half a minute later. @returns what failed */
async function streamed(tools: Parameters<typeof sealAll>[0], startMs: number): Promise<readonly Error[]> {
  if (stream === undefined) return [];
  const give = () => streamAll({ table, bucket, positions, stream, now: Date.now, deadlineMs: startMs + STREAM_MS });
  const first = await give();
  const waitMs = startMs + SECOND_SEAL_MS - Date.now();
  if (first.length > 0 || waitMs <= 0) return first;
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const { errors } = await sealAll({ ...tools, isForEventsOnly: true });
  return [...errors, ...(await give())];
}
