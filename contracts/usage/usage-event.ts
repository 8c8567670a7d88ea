import * as z from "zod";

const Count = z.int().nonnegative();

/**
 * What one request used and what it is charged: written once, when it is over, and never changed. It has neither prompt
 * nor completion. Money is in nano-dollars, billionths of a dollar, as integers.
 */
export const UsageEvent = z.strictObject({
  /** The request's id, which its response has as `x-request-id`. No two events have the same. */
  id: z.string().min(1),
  /** ISO 8601, UTC: when the request ended. Its bucket is that of this time. */
  endedAt: z.iso.datetime(),
  /** Path of the endpoint, e.g. `/v1/chat/completions`. */
  route: z.string(),
  /** Public name of the model, one that exists. */
  model: z.string(),
  /** What served it: a pool or `<provider>/<model>`. @default - the cache, or nothing */
  target: z.string().optional(),
  /** HTTP status of the response; 499 when the client left before it began. */
  status: z.int(),
  isAborted: z.boolean(),
  isStream: z.boolean(),
  isBatch: z.boolean(),
  /** Whether the response came from the cache. */
  isCached: z.boolean(),
  keyId: z.string().optional(),
  projectId: z.string().optional(),
  /** @default - the key has no user */
  userId: z.string().optional(),
  serviceAccountId: z.string().optional(),
  /** Tokens of the prompt; those that the provider read from its own cache are among them. */
  inputTokens: Count,
  inputCachedTokens: Count,
  /** Of the prompt's tokens, those that the provider wrote to its cache. */
  inputCacheWriteTokens: Count,
  /** Tokens of the completion; those of its reasoning are among them. */
  outputTokens: Count,
  reasoningTokens: Count,
  /** Milliseconds. @default - nothing was streamed */
  firstTokenMs: z.number().optional(),
  durationMs: z.number(),
  /** What the provider takes for it. */
  costNanoUsd: Count,
  /** What the caller is charged, and what of it is for input. */
  chargeNanoUsd: Count,
  inputChargeNanoUsd: Count,
});
export type UsageEvent = z.infer<typeof UsageEvent>;

/**
 * Reads an event that a newer release may have written, so that both can run side by side: fields that this release does
 * not have are dropped, and what does not change the sums and can't be read counts as absent.
 */
export const StoredUsageEvent = z.object({
  ...UsageEvent.shape,
  // Older gateways do not count them apart.
  inputCacheWriteTokens: Count.catch(0),
  isAborted: z.boolean().catch(false),
  isStream: z.boolean().catch(false),
  isCached: z.boolean().catch(false),
  firstTokenMs: z.number().optional().catch(undefined),
  durationMs: z.number().catch(0),
});
