import { describe, expect, onTestFinished, test } from "vitest";
import type { GroupCapacity } from "../../../domain/scaling-policy.ts";
import { MetricAlarm } from "../cloudwatch/metric-alarm.ts";
import { MetricStore } from "../cloudwatch/metric-store.ts";
import { StepScaling } from "./step-scaling.ts";

const GPU = { namespace: "CWAgent", name: "gpu", dimensions: { AutoScalingGroupName: "pool" } };
const config = {
  namespace: GPU.namespace,
  metric_name: GPU.name,
  dimensions: GPU.dimensions,
  statistic: "Average",
  period: 60,
  treat_missing_data: "notBreaching",
};
const busy = new MetricAlarm({
  ...config,
  alarm_name: "busy",
  comparison_operator: "GreaterThanThreshold",
  threshold: 70,
  evaluation_periods: 3,
  alarm_actions: ["arn:out", "arn:topic"],
});
const idle = new MetricAlarm({
  ...config,
  alarm_name: "idle",
  comparison_operator: "LessThanThreshold",
  threshold: 30,
  evaluation_periods: 10,
  alarm_actions: ["arn:in"],
});
const other = new MetricAlarm({
  ...config,
  alarm_name: "other",
  comparison_operator: "GreaterThanThreshold",
  threshold: 0,
  evaluation_periods: 1,
});

/** A minute of AWS takes 20 ms here; the group has its new size at once. */
function scaling(capacity: Partial<GroupCapacity> = {}) {
  const metrics = new MetricStore();
  const [reports, changes]: [string[], string[]] = [[], []];
  const state = { desired: 1, leaving: 0, min: 1, max: 3, ...capacity };
  const group = {
    groupName: "pool",
    get capacity() {
      return { warm: state.desired, ...state };
    },
    setDesired: (count: number, cause: string) => {
      if (count !== state.desired) changes.push(`${state.desired} to ${count}: ${cause}`);
      state.desired = count;
    },
  };
  const created = new StepScaling({
    metrics,
    timeFactor: 3000,
    alarms: () => [busy, idle, other],
    groups: () => [group, { ...group, groupName: "another", setDesired: () => changes.push("wrong group") }],
    report: (line) => reports.push(line),
  });
  created.addPolicy("arn:out", { groupName: "pool", steps: [{ lowerBound: 0, adjustment: 1 }] });
  created.addPolicy("arn:in", { groupName: "pool", steps: [{ upperBound: 0, adjustment: -1 }] });
  created.start();
  let value = 50;
  const timer = setInterval(() => metrics.put({ ...GPU, time: Date.now(), values: [value] }), 2);
  onTestFinished(() => {
    clearInterval(timer);
    created.stop();
  });
  return {
    created,
    state,
    changes,
    reports,
    load: (percent: number) => {
      value = percent;
    },
  };
}

describe("scaling", () => {
  test("grows to the maximum under load and shrinks to the minimum without, one at a time", async () => {
    const { load, state, changes, reports } = scaling();
    load(90);
    await expect.poll(() => state.desired).toBe(3);
    load(10);
    await expect.poll(() => state.desired).toBe(1);
    expect(changes).toEqual(["1 to 2: alarm busy", "2 to 3: alarm busy", "3 to 2: alarm idle", "2 to 1: alarm idle"]);
    expect(reports).toContainEqual(expect.stringMatching(/^alarm busy: ALARM at \d+$/));
  });

  test("changes no group between the thresholds, nor for alarms without a policy", async () => {
    const { changes, load, reports } = scaling({ desired: 2 });
    load(50);
    await new Promise((resolve) => setTimeout(resolve, 500)); // 25 periods
    expect([changes, reports]).toEqual([[], []]);
  });

  test("changes no group any more when it is stopped", async () => {
    const { created, load, changes } = scaling();
    created.stop();
    load(90);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(changes).toEqual([]);
  });
});
