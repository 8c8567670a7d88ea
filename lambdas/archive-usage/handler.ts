import { S3Client } from "@aws-sdk/client-s3";
import middy from "@middy/core";
import * as z from "zod";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { awsLimits } from "../aws-limits.ts";
import { S3UsageFiles } from "../count-usage/s3-usage-files.ts";
import { archiveUsage } from "./archive-usage.ts";

const Settings = z.object({ [ENV.usageBucket]: z.string().min(1), AWS_ENDPOINT_URL: z.url().optional() });
const settings = Settings.parse(process.env);
/** A server other than AWS has no host name for each bucket. */
const forcePathStyle = settings.AWS_ENDPOINT_URL !== undefined;
const files = new S3UsageFiles(new S3Client({ ...awsLimits(20_000), forcePathStyle }), settings[ENV.usageBucket]);

/** Writes usage events as files of Parquet for Athena, each hour those of the hour before. */
export const handler = middy().handler(async (event: unknown) => {
  const { written, events, errors } = await archiveUsage(event, { files, now: Date.now });
  // Lambda then calls it again.
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
  return { written, events };
});
