import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy/index.js";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { GPU_UTILIZATION_SCALING } from "../../domain/scaling-policy.ts";

export interface GpuUtilizationScalingProps {
  /** Name of the group, and start of the names of its alarms. */
  readonly groupName: string;
}

/** The scaling rule of a pool: an alarm and a step-scaling policy for each direction. */
export class GpuUtilizationScaling extends Construct {
  constructor(scope: Construct, id: string, { groupName }: GpuUtilizationScalingProps) {
    super(scope, id);
    const { scaleOut, scaleIn } = GPU_UTILIZATION_SCALING;
    for (const [direction, rule] of Object.entries({ Out: scaleOut, In: scaleIn })) {
      const name = `${groupName}-scale-${direction.toLowerCase()}`;
      const policy = new AutoscalingPolicy(this, `${direction}Policy`, {
        name,
        autoscalingGroupName: groupName,
        policyType: "StepScaling", // target tracking does not let us set its alarms
        adjustmentType: "ChangeInCapacity",
        metricAggregationType: "Average",
        stepAdjustment: [
          {
            scalingAdjustment: rule.adjustment,
            ...(rule.adjustment > 0 ? { metricIntervalLowerBound: "0" } : { metricIntervalUpperBound: "0" }),
          },
        ],
      });
      const above = rule.comparison.startsWith("Greater") ? "over" : "under";
      const minutes = (rule.periods * rule.periodSeconds) / 60;
      new CloudwatchMetricAlarm(this, `${direction}Alarm`, {
        alarmName: name,
        alarmDescription: `GPU utilisation ${above} ${rule.thresholdPercent} % for ${minutes} minutes changes ${groupName} by ${rule.adjustment} instance; no fault by itself.`,
        namespace: METRICS.gpuUtilization.namespace,
        metricName: METRICS.gpuUtilization.name,
        dimensions: { AutoScalingGroupName: groupName },
        statistic: "Average", // over all GPUs of the pool: one sample per GPU
        period: rule.periodSeconds,
        evaluationPeriods: rule.periods,
        datapointsToAlarm: rule.periods,
        comparisonOperator: rule.comparison,
        threshold: rule.thresholdPercent,
        treatMissingData: "notBreaching", // no data is no reason to change anything
        alarmActions: [policy.arn],
      });
    }
  }
}
