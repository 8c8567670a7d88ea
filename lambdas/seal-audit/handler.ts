import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
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
import { KmsHeadSigner } from "./kms-head-signer.ts";
import { recordRepeatedRefusals } from "./repeated-refusals.ts";
import { S3AuditBucket } from "./s3-audit-bucket.ts";
import { sealAll } from "./seal-chain.ts";
import { signErasures } from "./sign-erasures.ts";

const Settings = z.object({
  [ENV.environment]: z.string().min(1),
  [ENV.controlTable]: z.string().min(1),
  [ENV.auditBucket]: z.string().min(1),
  [ENV.auditKey]: z.string().min(1),
  AWS_ENDPOINT_URL: z.url().optional(),
});
const settings = Settings.parse(process.env);
/** A server other than AWS has no host name for each bucket. */
const forcePathStyle = settings.AWS_ENDPOINT_URL !== undefined;
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(3000)));
const table = new DynamoAuditTable(client, settings[ENV.controlTable]);
const bucket = new S3AuditBucket(new S3Client({ ...awsLimits(5000), forcePathStyle }), settings[ENV.auditBucket]);
const kms = new KMSClient(awsLimits(3000));

/** How long a run may take, of the minute until the next one. */
const RUN_MS = 40_000;

/** Seals the events of all organisations; called each minute by EventBridge's schedule. */
export const handler = middy().handler(async () => {
  // Before the events are sealed, so that these are among them.
  const counted = await recordRepeatedRefusals(client, settings[ENV.controlTable], Date.now()).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error : new Error(String(error))],
  );
  const signer = await KmsHeadSigner.open(kms, settings[ENV.auditKey]);
  const { errors: failed, unsealed } = await sealAll({
    table,
    bucket,
    signer,
    now: Date.now,
    deadlineMs: Date.now() + RUN_MS,
  });
  const unsigned = await signErasures(table, signer, Date.now);
  const errors = [...counted, ...failed, ...unsigned];
  const dimensions = { Environment: settings[ENV.environment] };
  const values = [{ metric: METRICS.unsealedChains, value: unsealed }];
  process.stdout.write(`${metricLine({ time: Date.now(), dimensions, values })}\n`);
  // Lambda then repeats the run.
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
});
