import { describe, expect, test } from "vitest";
import { resources, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { GpuUtilizationScaling } from "./gpu-utilization-scaling.ts";

const stack = synthConstruct((scope) => {
  new GpuUtilizationScaling(scope, "Scaling", { groupName: "pool" });
});
const alarms = resources(stack, "aws_cloudwatch_metric_alarm");
const policies = resources(stack, "aws_autoscaling_policy");

describe("scaling by GPU utilisation", () => {
  test("is an alarm and a policy for each direction", () => {
    expect(typeCounts(stack)).toEqual({ aws_autoscaling_policy: 2, aws_cloudwatch_metric_alarm: 2 });
    for (const direction of ["Out", "In"]) {
      expect(alarms[`Scaling_${direction}Alarm_${hash(alarms, direction)}`]?.alarm_actions).toEqual([
        `\${aws_autoscaling_policy.Scaling_${direction}Policy_${hash(policies, direction)}.arn}`,
      ]);
    }
  });

  // documented: scale-out-at-70-percent
  test("over 70 % for 3 minutes adds one instance", () => {
    expect(of(alarms, "Out")).toMatchObject({
      namespace: "CWAgent",
      metric_name: "nvidia_smi_utilization_gpu",
      dimensions: { AutoScalingGroupName: "pool" },
      statistic: "Average",
      comparison_operator: "GreaterThanThreshold",
      threshold: 70,
      period: 60,
      evaluation_periods: 3,
      datapoints_to_alarm: 3,
    });
    expect(of(policies, "Out")).toMatchObject({
      policy_type: "StepScaling",
      adjustment_type: "ChangeInCapacity",
      autoscaling_group_name: "pool",
      step_adjustment: [{ scaling_adjustment: 1, metric_interval_lower_bound: "0" }],
    });
  });

  // documented: scale-in-at-30-percent
  test("under 30 % for 10 minutes removes one instance", () => {
    expect(of(alarms, "In")).toMatchObject({
      comparison_operator: "LessThanThreshold",
      threshold: 30,
      period: 60,
      evaluation_periods: 10,
      datapoints_to_alarm: 10,
    });
    expect(of(policies, "In").step_adjustment).toEqual([{ scaling_adjustment: -1, metric_interval_upper_bound: "0" }]);
  });

  test("no data changes nothing", () => {
    for (const alarm of Object.values(alarms)) expect(alarm.treat_missing_data).toBe("notBreaching");
  });
});

function of(blocks: typeof alarms, direction: string) {
  return Object.entries(blocks).find(([name]) => name.includes(direction))![1];
}

function hash(blocks: typeof alarms, direction: string) {
  return Object.keys(blocks)
    .find((name) => name.includes(direction))!
    .split("_")
    .at(-1);
}
