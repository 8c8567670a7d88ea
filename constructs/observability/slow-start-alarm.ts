import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { PoolSettings } from "../../settings/environment.ts";
import { createAlarm } from "./alarm.ts";
import { slowStartMinutes } from "./alarm-limits.ts";

export interface SlowStartAlarmProps extends Pick<PoolSettings, "startupSeconds"> {
  readonly name: string;
  /** Public name of the model. */
  readonly model: string;
  /** Auto Scaling group of the engines, with the metric `GroupPendingInstances` enabled. */
  readonly groupName: string;
  readonly topicArn: string;
}

/**
 * Rings while an engine is still starting, before its start is given up: its metric counts instances that wait in the launch
 * hook. Engines that start one directly after another count as one long start.
 */
export function createSlowStartAlarm(scope: Construct, id: string, props: SlowStartAlarmProps): CloudwatchMetricAlarm {
  const { model, groupName, topicArn } = props;
  const minutes = slowStartMinutes(props.startupSeconds);
  return createAlarm(scope, id, {
    name: props.name,
    says: `An engine of ${model} has been starting for ${minutes} minutes, and is not ready.`,
    page: "Slow start",
    watches: {
      metric: METRICS.pendingInstances,
      dimensions: { AutoScalingGroupName: groupName },
      statistic: "Minimum",
    },
    periodSeconds: 60,
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    periods: minutes,
    missingData: "notBreaching",
    topicArn,
  });
}
