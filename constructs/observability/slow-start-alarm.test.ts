import { expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { createSlowStartAlarm } from "./slow-start-alarm.ts";

const alarm = (startupSeconds: number) =>
  only(
    synthConstruct((scope) =>
      createSlowStartAlarm(scope, "SlowStart", {
        name: "test-slow-start-phi",
        model: "phi",
        groupName: "test-engine-phi",
        startupSeconds,
        topicArn: "arn:topic",
      }),
    ),
    "aws_cloudwatch_metric_alarm",
  );

// documented: slow-start-alarm
test("an engine that is not ready after 300 seconds rings an alarm, before its start of 600 is given up", () => {
  expect(alarm(600)).toMatchObject({
    namespace: "AWS/AutoScaling",
    metric_name: "GroupPendingInstances",
    dimensions: { AutoScalingGroupName: "test-engine-phi" },
    statistic: "Minimum",
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    period: 60,
    evaluation_periods: 5,
    datapoints_to_alarm: 5,
    treat_missing_data: "notBreaching",
    alarm_description: expect.stringContaining("An engine of phi has been starting for 5 minutes"),
  });
});

test.each([
  [120, 2],
  [300, 5],
  [900, 7],
  [1800, 15],
])("where a start may take %d seconds, the alarm rings after %d minutes", (startupSeconds, minutes) => {
  expect(alarm(startupSeconds).evaluation_periods).toBe(minutes);
});
