import * as z from "zod";

/** A request in progress. It has no part of a prompt or completion. */
export const LiveRequest = z.strictObject({
  /** Its `x-request-id`. */
  id: z.string(),
  /** Which gateway has it: an id of the process, and of its thread. */
  gateway: z.string(),
  startedAt: z.string(),
  /** Milliseconds since it began, by the gateway's clock. */
  ageMs: z.int(),
  /** Path of the endpoint, e.g. `/v1/chat/completions`. */
  endpoint: z.string(),
  /** As the client wrote it; `null` before its body is read. */
  model: z.string().nullable(),
  /** The target that responds, or was called last; `null` before the first call. */
  target: z.string().nullable(),
  keyId: z.string().nullable(),
  projectId: z.string().nullable(),
  /** The user or service account of the key. */
  ownerId: z.string().nullable(),
  isBatch: z.boolean(),
  stream: z.boolean(),
  /** Calls made for it. */
  attempts: z.int(),
  /** Milliseconds from its begin to the first token; `null` before it, and for whole responses. */
  firstTokenMs: z.int().nullable(),
  /** Tokens of the completion so far, by pieces of the stream; 0 for whole responses. */
  completionTokens: z.int(),
});
export type LiveRequest = z.infer<typeof LiveRequest>;

/** One thread of a gateway that serves. */
export const LiveGateway = z.strictObject({
  id: z.string(),
  version: z.string(),
  /** Requests to models in progress; those of them that the list leaves out are the newest. */
  inProgress: z.int(),
  /** Tokens of completions since it started; a rate is the difference of two of these. */
  completionTokens: z.int(),
});
export type LiveGateway = z.infer<typeof LiveGateway>;

/** `GET /admin/requests`. */
export const LiveRequestList = z.strictObject({
  object: z.literal("list"),
  at: z.string(),
  /** Whether all gateways were asked (they share a Valkey), or only the process that responds. */
  reach: z.enum(["all-gateways", "this-gateway"]),
  /** Whether all that were asked have responded in time. */
  isComplete: z.boolean(),
  gateways: z.array(LiveGateway),
  /** The oldest first, at most 2,000. */
  data: z.array(LiveRequest),
});
export type LiveRequestList = z.infer<typeof LiveRequestList>;

/** `POST /admin/requests/{name}/stop`. */
export const LiveRequestStopped = z.strictObject({ name: z.string(), stopped: z.literal(true) });
