import * as z from "zod";

/** Lifecycle hook in which a new engine waits until its `/health` is 200. */
export const LAUNCH_HOOK = "engine-ready";
/** Lifecycle hook that delays the termination of an engine until its streams are over. */
export const TERMINATE_HOOK = "engine-drained";

/** `detail-type` of Auto Scaling's event of a terminate hook. */
export const TERMINATE_EVENT = "EC2 Instance-terminate Lifecycle Action";

/** Notification metadata of the pool's terminate hook, as JSON, for `drain-engine`. */
export const DrainMetadata = z.strictObject({
  /** Target group of the engine. */
  targetGroupArn: z.string(),
  /** Port of an engine, unless the target group has another. */
  port: z.int().min(1).max(65_535),
  /** Longest time for its requests to end. */
  drainSeconds: z.int().min(1).max(900),
});
export type DrainMetadata = z.infer<typeof DrainMetadata>;
