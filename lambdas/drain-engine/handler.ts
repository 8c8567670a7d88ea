import { setTimeout as sleep } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import middy from "@middy/core";
import { awsLimits } from "../aws-limits.ts";
import { drain } from "./drain.ts";
import { engineLoad } from "./engine-load.ts";
import { deregister, engineOrigin } from "./engine-targets.ts";
import { completeTermination, TerminateEvent } from "./termination.ts";

const limits = awsLimits(5000);
const elb = new ElasticLoadBalancingV2Client(limits);
const [ec2, autoScaling] = [new EC2Client(limits), new AutoScalingClient(limits)];

/** EventBridge: an engine's terminate hook began. */
export const handler = middy().handler(async (event: unknown, context) => {
  const { instanceId, requestedAt, metadata, ...termination } = TerminateEvent.parse(event);
  const target = { instanceId, ...metadata };
  const origin = await engineOrigin(target, elb, ec2);
  const outcome = await drain({
    requestedAt,
    drainSeconds: metadata.drainSeconds,
    takeOutOfRouting: () => deregister(target, elb),
    load: async () => (origin === undefined ? undefined : engineLoad(origin)),
    now: Date.now,
    sleep,
    invocationEndsAt: Date.now() + context.getRemainingTimeInMillis(),
  });
  console.log(JSON.stringify({ event: "drained", instanceId, outcome, seconds: (Date.now() - requestedAt) / 1000 }));
  await completeTermination({ ...termination, instanceId }, autoScaling);
});
