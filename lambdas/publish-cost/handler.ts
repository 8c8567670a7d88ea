import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import middy from "@middy/core";
import * as z from "zod";
import { CostPublisherSettings } from "../../contracts/processes/cost-publisher.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { HOUR_MS, hourlyCosts } from "../../domain/cost/hourly-cost.ts";
import { awsLimits } from "../aws-limits.ts";
import { metricLines } from "./metric-lines.ts";
import { modelTraffic } from "./model-traffic.ts";
import { runInstances } from "./run-instances.ts";

const Event = z.object({ time: z.iso.datetime() });
const { environment, models, ...rates } = CostPublisherSettings.parse(JSON.parse(process.env[ENV.costs] ?? "null"));
const [ec2, cloudWatch] = [new EC2Client(awsLimits(8000)), new CloudWatchClient(awsLimits(8000))];

/** Publishes the cost of the last whole hour; called by EventBridge's schedule. */
export const handler = middy().handler(async (event: unknown) => {
  const from = Math.floor(Date.parse(Event.parse(event).time) / HOUR_MS) * HOUR_MS - HOUR_MS;
  const [instances, traffic] = await Promise.all([
    runInstances(environment, ec2),
    modelTraffic({ environment, models, from }, cloudWatch),
  ]);
  const costs = hourlyCosts({ from, instances, traffic, rates });
  for (const line of metricLines({ environment, time: from + HOUR_MS - 1, costs })) process.stdout.write(`${line}\n`);
});
