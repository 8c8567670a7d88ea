import { expect, test } from "vitest";
import { alarmOperations } from "./alarm-operations.ts";
import { MetricAlarm } from "./metric-alarm.ts";
import { CloudWatchRuntime } from "./runtime.ts";

const MINUTE = 60_000;

function operationsAt(clock: { now: number }) {
  const runtime = new CloudWatchRuntime(() => {});
  const alarm = new MetricAlarm({
    alarm_name: "sluice-dev-latency",
    alarm_actions: ["arn:topic"],
    comparison_operator: "GreaterThanThreshold",
    evaluation_periods: 1,
    threshold: 5,
    period: 60,
    namespace: "N",
    metric_name: "M",
    statistic: "Sum",
    treat_missing_data: "notBreaching",
  });
  runtime.alarms.set("arn:alarm", alarm);
  return alarmOperations(runtime, () => clock.now);
}

test("alarms are described with their state and receivers, by the start of their names", () => {
  const operations = operationsAt({ now: 10 * MINUTE });
  expect(operations.DescribeAlarms?.({ AlarmNamePrefix: "sluice-dev-" }).MetricAlarms).toEqual([
    {
      AlarmName: "sluice-dev-latency",
      AlarmDescription: "",
      StateValue: "OK",
      StateReason: "There are no values in the evaluated periods.",
      StateTransitionedTimestamp: 600,
      AlarmActions: ["arn:topic"],
    },
  ]);
  expect(operations.DescribeAlarms?.({ AlarmNamePrefix: "sluice-prod-" }).MetricAlarms).toEqual([]);
});

test("an alarm is in its state since it was first seen in it", () => {
  const clock = { now: 10 * MINUTE + 1000 };
  const operations = operationsAt(clock);
  const since = () => JSON.stringify(operations.DescribeAlarms?.({}).MetricAlarms);
  expect(since()).toContain('"StateTransitionedTimestamp":601');
  clock.now += 5000;
  expect(since()).toContain('"StateTransitionedTimestamp":601');
  operations.SetAlarmState?.({ AlarmName: "sluice-dev-latency", StateValue: "ALARM", StateReason: "drill" });
  expect(since()).toContain('"StateTransitionedTimestamp":606');
});

test("a state that was set lasts until the alarm is evaluated again", () => {
  const clock = { now: 10 * MINUTE + 1000 };
  const operations = operationsAt(clock);
  const state = () => JSON.stringify(operations.DescribeAlarms?.({}).MetricAlarms);
  operations.SetAlarmState?.({ AlarmName: "sluice-dev-latency", StateValue: "ALARM", StateReason: "drill" });
  expect(state()).toContain('"StateValue":"ALARM"');
  clock.now = 11 * MINUTE;
  expect(state()).toContain('"StateValue":"OK"');
});

test("an unknown alarm and an unknown state are refused", () => {
  const operations = operationsAt({ now: 0 });
  expect(() => operations.SetAlarmState?.({ AlarmName: "x", StateValue: "OK" })).toThrow(/There is no alarm x/);
  expect(() => operations.SetAlarmState?.({ AlarmName: "sluice-dev-latency", StateValue: "RINGING" })).toThrow(
    /StateValue must be OK, ALARM, INSUFFICIENT_DATA, got RINGING/,
  );
});
