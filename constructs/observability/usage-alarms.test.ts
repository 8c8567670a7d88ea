import { Construct } from "constructs";
import { expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { createHistoryAlarm, createUsageAlarms } from "./usage-alarms.ts";

const out = synthConstruct((scope) => {
  const parent = new Construct(scope, "Alarms");
  const props = { name: "sluice-test", environment: "test", topicArn: "arn:topic" };
  createUsageAlarms(parent, props);
  createHistoryAlarm(parent, props);
});
const alarm = (name: string) =>
  Object.values(resources(out, "aws_cloudwatch_metric_alarm")).find(
    ({ alarm_name }) => alarm_name === `sluice-test-${name}`,
  );

// documented: alarms-of-usage
test("alarms ring when usage events wait for 15 minutes, when one is lost, and when no run counts them", () => {
  expect(alarm("usage-not-shipped")).toMatchObject({
    metric_name: "UsageWaiting",
    threshold: 900,
    treat_missing_data: "notBreaching",
  });
  expect(alarm("usage-lost")).toMatchObject({ metric_name: "UsageEventsLost", threshold: 0, statistic: "Sum" });
  expect(alarm("usage-not-counted")).toMatchObject({
    namespace: "Sluice/Usage",
    metric_name: "UsageFilesUncounted",
    period: 900,
    evaluation_periods: 2,
    treat_missing_data: "breaching",
  });
});

// documented: alarm-of-history
test("an alarm rings in the minute in which a generation of the history is lost, and not where none is", () => {
  expect(alarm("history-lost")).toMatchObject({
    namespace: "Sluice/Gateway",
    metric_name: "HistoryLost",
    dimensions: { Environment: "test" },
    statistic: "Sum",
    threshold: 0,
    period: 60,
    treat_missing_data: "notBreaching",
  });
});
