import * as z from "zod";

/** Limits of the requests that wait in a gateway for a free slot at an engine or provider. */
export const QueueLimits = z.strictObject({
  /** Requests that wait in one gateway, all models and threads together. No model's queue may hold more than it leaves free. */
  maxRequests: z.int().min(1).max(100_000),
  /** Bytes of their bodies, all together. */
  maxBytes: z.int().min(4096),
  /** Longest wait for a free slot, in seconds; then 503. It does not count against the route's time limits. 0: none. */
  waitSeconds: z.number().min(0).max(300),
  /** The same while no engine of the model is ready, because one is started or replaced. 0: 503 at once. */
  wakeSeconds: z.number().min(0).max(300),
  /** Part of `maxRequests` and `maxBytes` that one key's (else address's) requests of one priority may fill; then 429. */
  maxShareOfTenant: z.number().gt(0).max(1),
});
export type QueueLimits = z.infer<typeof QueueLimits>;
