import { type AutoScalingClient, CompleteLifecycleActionCommand } from "@aws-sdk/client-auto-scaling";
import * as z from "zod";
import { DrainMetadata, TERMINATE_EVENT } from "../../contracts/processes/engine-drain.ts";

/** The instance that Auto Scaling is to terminate, and the hook in which it waits. */
export interface Termination {
  readonly instanceId: string;
  readonly groupName: string;
  readonly hookName: string;
  readonly token: string;
}

/** EventBridge's event of a terminate hook. */
export const TerminateEvent = z
  .object({
    "detail-type": z.literal(TERMINATE_EVENT),
    time: z.iso.datetime(),
    detail: z.object({
      EC2InstanceId: z.string().min(1),
      AutoScalingGroupName: z.string().min(1),
      LifecycleHookName: z.string().min(1),
      LifecycleActionToken: z.string().min(1),
      NotificationMetadata: z.string().transform((json) => DrainMetadata.parse(JSON.parse(json))),
    }),
  })
  .transform(({ time, detail }) => ({
    instanceId: detail.EC2InstanceId,
    groupName: detail.AutoScalingGroupName,
    hookName: detail.LifecycleHookName,
    token: detail.LifecycleActionToken,
    metadata: detail.NotificationMetadata,
    /** Milliseconds since 1970. */
    requestedAt: Date.parse(time),
  }));

/** Completes the hook. Does nothing when the hook has ended already (by its timeout, or by an earlier attempt). */
export async function completeTermination(termination: Termination, client: AutoScalingClient): Promise<void> {
  try {
    await client.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: termination.groupName,
        LifecycleHookName: termination.hookName,
        LifecycleActionToken: termination.token,
        InstanceId: termination.instanceId,
        LifecycleActionResult: "CONTINUE",
      }),
    );
  } catch (error) {
    const isOver =
      error instanceof Error && error.name === "ValidationError" && /no active lifecycle/i.test(error.message);
    if (!isOver) throw error;
  }
}
