import { expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { GatewayScaling } from "./gateway-scaling.ts";

const stack = synthConstruct((scope) => {
  new GatewayScaling(scope, "Scaling", { groupName: "gateways", environment: "dev" });
});

test("gateways follow their CPU and their requests in progress, whichever needs more", () => {
  expect(Object.values(resources(stack, "aws_autoscaling_policy"))).toMatchObject([
    {
      autoscaling_group_name: "gateways",
      policy_type: "TargetTrackingScaling",
      target_tracking_configuration: {
        predefined_metric_specification: { predefined_metric_type: "ASGAverageCPUUtilization" },
        target_value: 60,
      },
    },
    {
      target_tracking_configuration: {
        customized_metric_specification: {
          namespace: "Sluice/Gateway",
          metric_name: "InFlight",
          metric_dimension: [{ name: "Environment", value: "dev" }],
          statistic: "Average",
        },
        target_value: 500,
      },
    },
  ]);
});
