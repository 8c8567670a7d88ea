import type { ScalingStep } from "../../../domain/scaling-policy.ts";
import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText, blocks, type JsonObject } from "../../template/json.ts";
import type { WithAutoScaling } from "./runtime.ts";

/**
 * Step scaling runs here. Target tracking does not: its alarms are AWS's own, and its metric (the gateways' share of a
 * CPU) has no meaning on a machine that all processes share.
 */
export const scalingPolicy: ResourcePlugin<WithAutoScaling> = {
  type: "aws_autoscaling_policy",
  start(config, resource, runtime) {
    if (config.policy_type === "TargetTrackingScaling") return;
    if (config.policy_type !== "StepScaling" || config.adjustment_type !== "ChangeInCapacity")
      throw new Error(
        `${resource.address}: the twin knows StepScaling with ChangeInCapacity, got ${String(config.policy_type)} with ${String(config.adjustment_type)}`,
      );
    runtime.autoScaling.scaling.addPolicy(arnOf(resource, runtime), {
      groupName: asText(config.autoscaling_group_name),
      steps: blocks(config.step_adjustment).map(step),
    });
  },
};

function step(config: JsonObject): ScalingStep {
  const { metric_interval_lower_bound: lower, metric_interval_upper_bound: upper } = config;
  return {
    adjustment: asNumber(config.scaling_adjustment),
    ...(lower === undefined || lower === null ? {} : { lowerBound: asNumber(lower) }),
    ...(upper === undefined || upper === null ? {} : { upperBound: asNumber(upper) }),
  };
}
