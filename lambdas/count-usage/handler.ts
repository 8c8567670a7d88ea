import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { AmortisedPools } from "../../contracts/usage/amortised-cost.ts";
import { awsLimits } from "../aws-limits.ts";
import { metricLine } from "../metric-line.ts";
import { amortiseCosts } from "./amortise-costs.ts";
import { AmortisedShares } from "./amortised-shares.ts";
import { countUsage } from "./count-usage.ts";
import { DynamoUsageSums } from "./dynamo-usage-sums.ts";
import { poolCosts } from "./pool-costs.ts";
import { S3UsageFiles } from "./s3-usage-files.ts";

const Settings = z.object({
  [ENV.environment]: z.string().min(1),
  [ENV.usageTable]: z.string().min(1),
  [ENV.usageBucket]: z.string().min(1),
  [ENV.amortisedPools]: z
    .string()
    .transform((text) => AmortisedPools.parse(JSON.parse(text)))
    .default({}),
  AWS_ENDPOINT_URL: z.url().optional(),
});
const settings = Settings.parse(process.env);
/** A server other than AWS has no host name for each bucket. */
const forcePathStyle = settings.AWS_ENDPOINT_URL !== undefined;
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(5000)));
const sums = new DynamoUsageSums({ client, tableName: settings[ENV.usageTable], now: Date.now });
const files = new S3UsageFiles(new S3Client({ ...awsLimits(5000), forcePathStyle }), settings[ENV.usageBucket]);
const shares = new AmortisedShares(client, settings[ENV.usageTable]);
const cloudWatch = new CloudWatchClient(awsLimits(8000));
const { [ENV.environment]: environment, [ENV.amortisedPools]: pools } = settings;
const costs = (from: number, to: number) => poolCosts({ environment, pools: Object.keys(pools), from, to }, cloudWatch);

/**
 * Counts files of usage events: those that S3 names when they are written, and each 15 minutes those that were missed, and
 * what pools have cost.
 */
export const handler = middy().handler(async (event: unknown) => {
  const began = Date.now();
  const { uncounted, unreadable, errors: uncountedFiles } = await countUsage(event, { files, sums, now: Date.now });
  const isSearch = uncounted !== undefined && Object.keys(pools).length > 0;
  const unshared = isSearch ? await amortiseCosts(began, { pools, files, sums, shares, costs, now: Date.now }) : [];
  const errors = [...uncountedFiles, ...unshared];
  const dimensions = { Environment: environment };
  const values = [
    ...(uncounted === undefined ? [] : [{ metric: METRICS.usageUncounted, value: uncounted }]),
    ...(unreadable === 0 ? [] : [{ metric: METRICS.usageUnreadable, value: unreadable }]),
  ];
  if (values.length > 0) process.stdout.write(`${metricLine({ time: Date.now(), dimensions, values })}\n`);
  // Lambda then calls it again with the same files.
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
});
