import { expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { RolloutAlarm } from "./rollout-alarm.ts";

const stack = synthConstruct((scope) => {
  new RolloutAlarm(scope, "Rollout", { name: "pool", targetGroupArnSuffix: "tg/1", loadBalancerArnSuffix: "lb/1" });
});

test("the rollout alarm is on when an instance fails its checks for two minutes, and off where there is none", () => {
  expect(only(stack, "aws_cloudwatch_metric_alarm")).toMatchObject({
    alarm_name: "pool-rollout",
    namespace: "AWS/ApplicationELB",
    metric_name: "UnHealthyHostCount",
    dimensions: { TargetGroup: "tg/1", LoadBalancer: "lb/1" },
    statistic: "Maximum",
    comparison_operator: "GreaterThanThreshold",
    threshold: 0,
    period: 60,
    evaluation_periods: 2,
    treat_missing_data: "notBreaching",
  });
});
