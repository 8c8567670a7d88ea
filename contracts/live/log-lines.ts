import * as z from "zod";

/** From the most talkative to the gravest; a filter has its own level and those after it. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line of a gateway's log. It has no part of a prompt or completion, no key and no token. */
export const LogLine = z.strictObject({
  /** The same each time that the line is listed. */
  id: z.string(),
  /** Which gateway wrote it: an id of the process, and of its thread. */
  gateway: z.string(),
  /** When it was written, by that gateway's clock. */
  at: z.string(),
  level: z.string(),
  /** `request` for the line of a request. */
  message: z.string(),
  /** The line's other fields, such as `requestId`, `keyId`, `projectId`, `model`, `status` and `errorCode`. */
  fields: z.record(z.string(), z.unknown()),
});
export type LogLine = z.infer<typeof LogLine>;

/** `GET /admin/logs`. */
export const LogLineList = z.strictObject({
  object: z.literal("list"),
  at: z.string(),
  /** Whether all gateways were asked (they share a Valkey), or only the process that responds. */
  reach: z.enum(["all-gateways", "this-gateway"]),
  /** Whether all that were asked have responded in time. */
  isComplete: z.boolean(),
  /** Whether more lines match than are listed; those are older. */
  hasMore: z.boolean(),
  /** The newest first. */
  data: z.array(LogLine),
});
export type LogLineList = z.infer<typeof LogLineList>;

/** Which lines are wanted: those that match each of the fields that are set. */
export const LogFilter = z.object({
  /** And the graver ones. */
  level: z.enum(LOG_LEVELS).optional(),
  request: z.string().optional(),
  /** With or without `key_`. */
  key: z.string().optional(),
  project: z.string().optional(),
  model: z.string().optional(),
  /** Anywhere in the line as it is shown, in small or capital letters. */
  text: z.string().optional(),
  /** Milliseconds since 1970, inclusive. */
  since: z.number().optional(),
  until: z.number().optional(),
  limit: z.int(),
});
export type LogFilter = z.infer<typeof LogFilter>;
