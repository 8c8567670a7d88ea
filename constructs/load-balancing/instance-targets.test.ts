import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { InstanceTargets } from "./instance-targets.ts";

describe("a target group of instances", () => {
  test("is checked every 30 seconds and gives up after two failures", () => {
    const stack = synthConstruct((scope) => {
      new InstanceTargets(scope, "Targets", {
        name: "test",
        vpcId: "vpc-1",
        port: 8080,
        healthCheckPath: "/livez",
        drainSeconds: 45,
      });
    });
    expect(only(stack, "aws_lb_target_group")).toMatchObject({
      port: 8080,
      protocol: "HTTP",
      target_type: "instance",
      deregistration_delay: "45",
      health_check: { enabled: true, path: "/livez", port: "traffic-port", interval: 30, unhealthy_threshold: 2 },
    });
  });
});
