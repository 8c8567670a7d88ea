import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { scalingPolicy } from "./scaling-policy.ts";

const start = (config: JsonObject) =>
  scalingPolicy.start?.(config, resource(scalingPolicy.type, "Thing"), emptyRuntime());

describe("a scaling policy", () => {
  const step = { policy_type: "StepScaling", adjustment_type: "ChangeInCapacity", autoscaling_group_name: "pool" };

  test("is known when it adds or removes by steps", () => {
    const step_adjustment = [{ scaling_adjustment: 1, metric_interval_lower_bound: "0" }];
    expect(() => start({ ...step, step_adjustment })).not.toThrow();
    expect(() => start({ policy_type: "TargetTrackingScaling" })).not.toThrow();
  });

  test("of another kind is refused by its address", () => {
    expect(() => start({ ...step, adjustment_type: "ExactCapacity" })).toThrow(
      "aws_autoscaling_policy.Thing: the twin knows StepScaling with ChangeInCapacity, got StepScaling with ExactCapacity",
    );
  });
});
