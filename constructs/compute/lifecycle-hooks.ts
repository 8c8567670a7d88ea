import type {
  AutoscalingGroup,
  AutoscalingGroupInitialLifecycleHook,
} from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook/index.js";
import { Construct } from "constructs";
import type { PolicyStatement } from "../identity/service-role.ts";

/** Delays a new instance until the hook is completed; terminates the instance when that does not happen in time. */
export interface LaunchHook {
  readonly name: string;
  /** 30 to 7200. */
  readonly heartbeatSeconds: number;
}

/** Delays the termination of an instance until the hook is completed, or until its time is over. */
export interface TerminateHook {
  readonly name: string;
  /** 30 to 7200. */
  readonly heartbeatSeconds: number;
  /** Sent with the hook's notification; at most 1023 characters. */
  readonly metadata: string;
}

export interface LifecycleHooksProps {
  readonly group: AutoscalingGroup;
  readonly launchHook: LaunchHook | undefined;
  readonly terminateHook: TerminateHook | undefined;
}

const launchSettings = ({ heartbeatSeconds }: LaunchHook) => ({
  lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  heartbeatTimeout: heartbeatSeconds,
  defaultResult: "ABANDON", // an instance that never became ready is terminated and replaced
});

/**
 * Permission of an instance to complete the hooks of its own group.
 * @param more further actions on the group
 */
export function completeLaunchStatement(
  groupName: string,
  region: string,
  more: readonly string[] = [],
): PolicyStatement {
  return {
    Sid: "CompleteLaunch",
    Effect: "Allow",
    Action: ["autoscaling:CompleteLifecycleAction", ...more],
    Resource: [`arn:aws:autoscaling:${region}:*:autoScalingGroup:*:autoScalingGroupName/${groupName}`],
    purpose: "It ends the wait of its own launch once it is ready, or fails it.",
    reason: "The group's ARN has an id that exists only after the role; the group's name in it is exact.",
  };
}

/** The launch hook as part of a new group, so that its very first instances wait too. */
export function initialHook(hook: LaunchHook): AutoscalingGroupInitialLifecycleHook {
  return { name: hook.name, ...launchSettings(hook) };
}

/** Pauses in the life of a group's instances. */
export class LifecycleHooks extends Construct {
  constructor(scope: Construct, id: string, { group, launchHook, terminateHook }: LifecycleHooksProps) {
    super(scope, id);
    const autoscalingGroupName = group.name;
    if (launchHook) {
      // The same hook as in the group's own block, which AWS reads at creation only: this one follows later changes.
      new AutoscalingLifecycleHook(this, "Launch", {
        autoscalingGroupName,
        name: launchHook.name,
        ...launchSettings(launchHook),
      });
    }
    if (terminateHook) {
      new AutoscalingLifecycleHook(this, "Terminate", {
        autoscalingGroupName,
        name: terminateHook.name,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: terminateHook.heartbeatSeconds,
        defaultResult: "CONTINUE", // the instance is terminated either way; ABANDON would skip other hooks
        notificationMetadata: terminateHook.metadata,
      });
    }
  }
}
