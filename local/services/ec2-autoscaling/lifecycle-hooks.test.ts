import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { eventRule } from "../events/plugin.ts";
import { AutoScalingGroup } from "./auto-scaling-group.ts";
import type { TerminateNotice } from "./hooks.ts";
import { lifecycleHook, terminateEvent } from "./lifecycle-hooks.ts";

const start = (config: JsonObject, runtime = emptyRuntime()) =>
  lifecycleHook.start?.(config, resource(lifecycleHook.type, "Thing"), runtime);

describe("a lifecycle hook", () => {
  const group = new AutoScalingGroup({
    name: "engine-phi",
    groupName: "pool",
    role: "engine",
    desired: 0,
    targetGroups: [],
    replacesUnhealthy: true,
    logFolder: "/nowhere",
    stopSeconds: 1,
    process: () => ({ entry: "", environment: {} }),
    freePort: async () => 1,
    report: () => {},
  });
  const withGroup = () => {
    const runtime = emptyRuntime();
    runtime.autoScaling.groups.push(group);
    return runtime;
  };
  const hook = {
    name: "h",
    autoscaling_group_name: "pool",
    lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
  };

  test("belongs to a group of the stacks", () => {
    const runtime = withGroup();
    expect(() => start(hook, runtime)).not.toThrow();
    expect(() => start({ ...hook, autoscaling_group_name: "gone" }, runtime)).toThrow(
      "aws_autoscaling_lifecycle_hook.Thing: there is no Auto Scaling group gone",
    );
  });

  test("that would do something else is refused", () => {
    const runtime = withGroup();
    const launching = { ...hook, lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING" };
    expect(() => start({ ...launching, default_result: "CONTINUE" }, runtime)).toThrow(/ABANDON only/);
    expect(() => start({ ...hook, lifecycle_transition: "other" }, runtime)).toThrow(/transition other/);
  });
});

describe("events", () => {
  test("of a terminate hook have AWS's form and reach the rules that match", async () => {
    const runtime = emptyRuntime();
    const detail = { AutoScalingGroupName: ["pool"], LifecycleHookName: ["drained"] };
    const rule = { name: "drain", event_pattern: JSON.stringify({ source: ["aws.autoscaling"], detail }) };
    await eventRule.start?.(rule, resource(eventRule.type, "Thing"), runtime);
    const reports: string[] = [];
    runtime.events.addTarget("drain", async (event) => reports.push(String(event.detail.EC2InstanceId)));
    const notice: TerminateNotice = {
      instanceId: "i-1",
      groupName: "pool",
      hookName: "drained",
      token: "t",
      metadata: '{"a":1}',
    };
    expect(runtime.events.put(terminateEvent(notice))).toBe(1);
    expect(runtime.events.put(terminateEvent({ ...notice, groupName: "other" }))).toBe(0);
    expect(reports).toEqual(["i-1"]);
    expect(terminateEvent(notice).detail).toMatchObject({ LifecycleActionToken: "t", NotificationMetadata: '{"a":1}' });
  });
});
