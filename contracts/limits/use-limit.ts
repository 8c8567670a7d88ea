import * as z from "zod";
import { DataRetention } from "../history/data-retention.ts";
import { KeepDays } from "../retention/retention.ts";

/** Whose use a limit counts. `project`, `user`, … have an id; a key's is its `keyId`. */
export const LimitScope = z.enum(["organization", "project", "user", "service_account", "key"]);
export type LimitScope = z.infer<typeof LimitScope>;

/**
 * What is counted. `requests`; `input_tokens`, `output_tokens` and both together as `tokens`; `concurrency`, the requests
 * in progress; `nano_usd`, what the caller is charged, in billionths of a dollar.
 */
export const LimitMetric = z.enum(["requests", "input_tokens", "output_tokens", "tokens", "concurrency", "nano_usd"]);
export type LimitMetric = z.infer<typeof LimitMetric>;

/**
 * The time in which it is counted, by the calendar of the limit's time zone: from its first to its last instant, then
 * anew from 0. A week begins on Monday. `lifetime` never ends, as for prepaid credit. `concurrency` has `now`.
 */
export const LimitWindow = z.enum(["now", "minute", "hour", "day", "week", "month", "lifetime"]);
export type LimitWindow = z.infer<typeof LimitWindow>;

/** One limit of a subject: at most `max` of a metric in each window. */
export const UseLimit = z.strictObject({
  metric: LimitMetric,
  window: LimitWindow,
  /** An integer that a double holds exactly; in nano-dollars that is 9 million dollars. 0 permits nothing. */
  max: z.int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Public name of the model whose use it counts. @default - that of all models */
  model: z.string().min(1).optional(),
  /** IANA time zone by which days, weeks and months begin. @default UTC */
  timeZone: z.string().min(1).optional(),
  /** `stop` refuses what would be over it; `alert` only reports that it is reached. @default stop */
  action: z.enum(["stop", "alert"]).optional(),
});
export type UseLimit = z.infer<typeof UseLimit>;

/** Which models a project may use: only these, or all but these. */
export const ModelPermissions = z.strictObject({
  mode: z.enum(["allow_list", "deny_list"]),
  models: z.array(z.string().min(1)),
});
export type ModelPermissions = z.infer<typeof ModelPermissions>;

/** Prepaid credit that was granted to a subject, as gateways hold it. */
export const CreditGrant = z.object({
  id: z.string().min(1),
  /** Nano-dollars that may be used of it. */
  max: z.int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Unix seconds from which on it may not be used. @default - never */
  expiresAt: z.int().nonnegative().optional(),
});
export type CreditGrant = z.infer<typeof CreditGrant>;

/** Most grants of one subject that can be used at a time: a request may draw from each of them. */
export const MAX_CREDITS_OF_SUBJECT = 20;

/** A project's part of a full pool against the others': 3 is three times that of a project with 1. */
export const ShareWeight = z.int().min(1).max(1000);

/** Name of a tier of limits. */
export const TierName = z.string().min(1).max(64);

/** Most limits of one subject: one call of the limiter counts those of four subjects. */
export const MAX_LIMITS_OF_SUBJECT = 64;

/**
 * What limits the use of one subject, as an item of the keys table beside the keys: a gateway reads it with a key. It has
 * the form of a revoked key, for releases that take every item of the table for one.
 */
export const SubjectLimits = z.object({
  scope: LimitScope,
  /** Id of the organisation, project, user, service account or key. */
  subject: z.string().min(1),
  limits: z.array(UseLimit).max(MAX_LIMITS_OF_SUBJECT),
  /** Of a project. @default - all models */
  models: ModelPermissions.optional(),
  /** Of a project or the organisation. @default - a project has the organisation's, the organisation the usual one */
  retention: DataRetention.optional(),
  /** Of a project. @default 1 */
  weight: ShareWeight.optional(),
  /** Days for which stored data of a project stays, by class. @default - the environment's */
  keepDays: KeepDays.optional(),
  /** Name of a tier of the environment, of a project or key: its limits hold beside. @default - none */
  tier: TierName.optional(),
});
export type SubjectLimits = z.infer<typeof SubjectLimits>;
