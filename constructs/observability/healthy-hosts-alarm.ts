import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { createAlarm } from "./alarm.ts";

export interface NoHealthyHostAlarmProps {
  readonly name: string;
  /** The problem, in one sentence. */
  readonly says: string;
  /** Section of docs/operations.md. */
  readonly page: string;
  /** ARN suffixes. */
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly topicArn: string;
}

/** An alarm of a target group of which no instance has passed the load balancer's health check for two minutes. */
export function createNoHealthyHostAlarm(
  scope: Construct,
  id: string,
  { name, says, page, loadBalancer, targetGroup, topicArn }: NoHealthyHostAlarmProps,
): CloudwatchMetricAlarm {
  return createAlarm(scope, id, {
    name,
    says,
    page,
    watches: {
      metric: METRICS.healthyHosts,
      dimensions: { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
      // Each of the load balancer's nodes checks for itself: one node with a healthy instance is enough.
      statistic: "Maximum",
    },
    periodSeconds: 60,
    comparison: "LessThanThreshold",
    threshold: 1,
    periods: 2,
    missingData: "breaching", // a group without instances is not reported at all
    topicArn,
  });
}
