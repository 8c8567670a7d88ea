import { type AutoScalingClient, CompleteLifecycleActionCommand } from "@aws-sdk/client-auto-scaling";
import type { Logger } from "pino";

/** The launch hook in which this instance waits until its gateway listens. */
export interface LaunchSettings {
  readonly groupName: string;
  readonly hookName: string;
  /** Id of the instance. @default - read from the instance's metadata */
  readonly instanceId?: string | undefined;
}

export interface CompleteLaunchOptions {
  readonly launch: LaunchSettings;
  readonly autoScaling: Pick<AutoScalingClient, "send">;
  readonly readInstanceId: () => Promise<string>;
  readonly logger: Logger;
  /** Milliseconds between attempts. @default 5000 */
  readonly retryMs?: number;
}

/** Auto Scaling's message where no hook waits: the gateway was started again, or the group has no hook. */
const NO_HOOK_WAITS = /No active Lifecycle Action found/;
const RETRY_MS = 5000;

/**
 * Tells Auto Scaling that this gateway serves, which puts its instance into service. Tries until it succeeds, or until no
 * hook waits: without it the instance is replaced when the hook's time is over.
 */
export async function completeLaunch(options: CompleteLaunchOptions): Promise<void> {
  const { launch, logger, retryMs = RETRY_MS } = options;
  for (;;) {
    try {
      await attempt(options);
      return logger.info({ hook: launch.hookName }, "the launch is complete");
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (NO_HOOK_WAITS.test(problem)) return logger.info({ hook: launch.hookName }, "no launch hook waits");
      logger.warn({ hook: launch.hookName, problem }, "the launch could not be completed; trying again");
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
  }
}

async function attempt({ launch, autoScaling, readInstanceId }: CompleteLaunchOptions): Promise<void> {
  await autoScaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: launch.groupName,
      LifecycleHookName: launch.hookName,
      InstanceId: launch.instanceId ?? (await readInstanceId()),
      LifecycleActionResult: "CONTINUE",
    }),
  );
}
