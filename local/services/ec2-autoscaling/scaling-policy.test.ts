import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { emptyWorld, resource } from "../../test/world.ts";
import { eventRule, eventTarget } from "../events/plugin.ts";
import type { TerminateNotice } from "./auto-scaling-group.ts";
import { AutoScalingGroup } from "./auto-scaling-group.ts";
import { lifecycleHook, terminateEvent } from "./lifecycle-hooks.ts";
import { scalingPolicy } from "./scaling-policy.ts";

const start = (plugin: typeof scalingPolicy, config: JsonObject, world = emptyWorld()) =>
  plugin.start?.(config, resource(plugin.type, "Thing"), world);

describe("a scaling policy", () => {
  const step = { policy_type: "StepScaling", adjustment_type: "ChangeInCapacity", autoscaling_group_name: "pool" };

  test("is known when it adds or removes by steps", () => {
    const step_adjustment = [{ scaling_adjustment: 1, metric_interval_lower_bound: "0" }];
    expect(() => start(scalingPolicy, { ...step, step_adjustment })).not.toThrow();
    expect(() => start(scalingPolicy, { policy_type: "TargetTrackingScaling" })).not.toThrow();
  });

  test("of another kind is refused by its address", () => {
    expect(() => start(scalingPolicy, { ...step, adjustment_type: "ExactCapacity" })).toThrow(
      "aws_autoscaling_policy.Thing: the twin knows StepScaling with ChangeInCapacity, got StepScaling with ExactCapacity",
    );
  });
});

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
    const world = emptyWorld();
    world.groups.push(group);
    return world;
  };
  const hook = {
    name: "h",
    autoscaling_group_name: "pool",
    lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
  };

  test("belongs to a group of the stacks", () => {
    const world = withGroup();
    expect(() => start(lifecycleHook, hook, world)).not.toThrow();
    expect(() => start(lifecycleHook, { ...hook, autoscaling_group_name: "gone" }, world)).toThrow(
      "aws_autoscaling_lifecycle_hook.Thing: there is no Auto Scaling group gone",
    );
  });

  test("that would do something else is refused", () => {
    const world = withGroup();
    const launching = { ...hook, lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING" };
    expect(() => start(lifecycleHook, { ...launching, default_result: "CONTINUE" }, world)).toThrow(/ABANDON only/);
    expect(() => start(lifecycleHook, { ...hook, lifecycle_transition: "other" }, world)).toThrow(/transition other/);
  });
});

describe("events", () => {
  test("of a terminate hook have AWS's form and reach the rules that match", async () => {
    const world = emptyWorld();
    const detail = { AutoScalingGroupName: ["pool"], LifecycleHookName: ["drained"] };
    await start(
      eventRule,
      { name: "drain", event_pattern: JSON.stringify({ source: ["aws.autoscaling"], detail }) },
      world,
    );
    const heard: string[] = [];
    world.events.addTarget("drain", async (event) => heard.push(String(event.detail.EC2InstanceId)));
    const notice: TerminateNotice = {
      instanceId: "i-1",
      groupName: "pool",
      hookName: "drained",
      token: "t",
      metadata: '{"a":1}',
    };
    expect(world.events.put(terminateEvent(notice))).toBe(1);
    expect(world.events.put(terminateEvent({ ...notice, groupName: "other" }))).toBe(0);
    expect(heard).toEqual(["i-1"]);
    expect(terminateEvent(notice).detail).toMatchObject({ LifecycleActionToken: "t", NotificationMetadata: '{"a":1}' });
  });

  test("have functions of the stacks as targets", () => {
    expect(() => start(eventTarget, { rule: "drain", arn: "arn:gone" })).toThrow(
      "aws_cloudwatch_event_target.Thing: there is no function arn:gone",
    );
  });
});
