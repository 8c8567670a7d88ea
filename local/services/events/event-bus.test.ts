import { describe, expect, test } from "vitest";
import { type BusEvent, EventBus } from "./event-bus.ts";

const event: BusEvent = {
  source: "aws.autoscaling",
  "detail-type": "EC2 Instance-terminate Lifecycle Action",
  time: "2026-01-01T00:00:00Z",
  detail: { AutoScalingGroupName: "a", LifecycleHookName: "drained" },
};
const pattern = { source: ["aws.autoscaling"], detail: { AutoScalingGroupName: ["a", "b"] } };

function bus() {
  const reports: string[] = [];
  const heard: string[] = [];
  const created = new EventBus((line) => reports.push(line), 1);
  const listen = (rule: string) => created.addTarget(rule, async () => heard.push(rule));
  return { created, reports, heard, listen };
}

describe("the event bus", () => {
  test("delivers an event to the targets of the rules that it matches", () => {
    const { created, heard: reports, listen } = bus();
    created.addRule("mine", pattern);
    created.addRule("other group", { ...pattern, detail: { AutoScalingGroupName: ["c"] } });
    created.addRule("other source", { source: ["aws.ec2"] });
    created.addRule("deeper", { detail: { AutoScalingGroupName: { name: ["a"] } } });
    for (const rule of ["mine", "other group", "other source", "deeper"]) listen(rule);
    expect(created.put(event)).toBe(1);
    expect(reports).toEqual(["mine"]);
  });

  test("tries a target that fails twice again, and reports it", async () => {
    const { created, reports } = bus();
    let attempts = 0;
    created.addRule("mine", pattern);
    created.addTarget("mine", async () => {
      attempts++;
      throw new Error("not yet");
    });
    created.put(event);
    await expect.poll(() => attempts).toBe(3);
    await expect.poll(() => reports).toEqual(Array.from({ length: 3 }, () => "event rule mine: not yet"));
  });

  test("takes rates and times of the hour, and refuses other schedules", () => {
    const { created } = bus();
    for (const expression of ["rate(1 hour)", "rate(5 minutes)", "cron(5 * * * ? *)"])
      created.addSchedule("s", expression);
    created.stop();
    expect(() => created.addSchedule("s", "cron(0 12 ? * MON *)")).toThrow(/event rule s: the twin knows .* got cron/);
  });

  test("refuses unsupported patterns, and targets without a rule", () => {
    const { created } = bus();
    expect(() => created.addRule("p", { source: [{ prefix: "aws." }] })).toThrow(
      /event rule p: the twin knows lists of exact values only, got source/,
    );
    expect(() => created.addTarget("none", async () => {})).toThrow("there is no event rule none");
  });
});
