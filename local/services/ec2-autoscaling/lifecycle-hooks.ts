import { TERMINATE_EVENT } from "../../../contracts/processes/engine-drain.ts";
import { LOCAL_ACCOUNT } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText, type JsonObject } from "../../template/json.ts";
import type { BusEvent } from "../events/event-bus.ts";
import type { AutoScalingGroup } from "./auto-scaling-group.ts";
import type { TerminateNotice } from "./hooks.ts";
import type { WithAutoScaling } from "./runtime.ts";

/** AWS's default of `heartbeat_timeout`, in seconds. */
const HEARTBEAT_SECONDS = 3600;

export const lifecycleHook: ResourcePlugin<WithAutoScaling> = {
  type: "aws_autoscaling_lifecycle_hook",
  start(config, resource, { autoScaling }) {
    const name = asText(config.autoscaling_group_name);
    const group = autoScaling.groups.find(({ groupName }) => groupName === name);
    if (!group) throw new Error(`${resource.address}: there is no Auto Scaling group ${name}`);
    addHook(group, config, resource.address);
  },
};

/** @throws when the twin does not support the hook */
export function addHook(group: AutoScalingGroup, config: JsonObject, address: string): void {
  const name = asText(config.name);
  const heartbeatSeconds = asNumber(config.heartbeat_timeout ?? HEARTBEAT_SECONDS);
  switch (config.lifecycle_transition) {
    case "autoscaling:EC2_INSTANCE_LAUNCHING":
      if (config.default_result !== "ABANDON")
        throw new Error(`${address}: the twin knows launch hooks with default_result ABANDON only`);
      return group.holdLaunches({ name, heartbeatSeconds });
    case "autoscaling:EC2_INSTANCE_TERMINATING":
      return group.holdTerminations({ name, heartbeatSeconds, metadata: asText(config.notification_metadata ?? "") });
    default:
      throw new Error(`${address}: the twin does not know the transition ${String(config.lifecycle_transition)}`);
  }
}

/** The event that Auto Scaling puts on the bus for an instance in a terminate hook. */
export function terminateEvent(notice: TerminateNotice): BusEvent {
  return {
    version: "0",
    id: notice.token,
    source: "aws.autoscaling",
    "detail-type": TERMINATE_EVENT,
    account: LOCAL_ACCOUNT,
    time: new Date().toISOString(),
    detail: {
      LifecycleActionToken: notice.token,
      AutoScalingGroupName: notice.groupName,
      LifecycleHookName: notice.hookName,
      EC2InstanceId: notice.instanceId,
      LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      NotificationMetadata: notice.metadata,
      Origin: "AutoScalingGroup",
      Destination: "EC2",
    },
  };
}
