import * as z from "zod";

/** Lifecycle hook in which a new engine waits until its `/health` is 200. */
export const LAUNCH_HOOK = "engine-ready";
/** Lifecycle hook in which an engine that shall end waits until its streams are over. */
export const TERMINATE_HOOK = "engine-drained";

/** `detail-type` of the event by which Auto Scaling tells of a terminate hook. */
export const TERMINATE_EVENT = "EC2 Instance-terminate Lifecycle Action";

/** What the pool's terminate hook tells `drain-engine`: the hook's notification metadata, as JSON. */
export const DrainMetadata = z.strictObject({
  /** Target group that the gateways find the engine in. */
  targetGroupArn: z.string(),
  /** Where an engine listens, unless the target group says otherwise. */
  port: z.int().min(1).max(65_535),
  /** How long its requests may take to end. */
  drainSeconds: z.int().min(1).max(900),
});
export type DrainMetadata = z.infer<typeof DrainMetadata>;
