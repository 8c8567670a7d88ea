import * as z from "zod";
import { MAX_CENTS } from "../limits/cents.ts";
import { limitFault } from "../limits/limit-rules.ts";
import {
  LimitMetric,
  LimitScope,
  LimitWindow,
  MAX_LIMITS_OF_SUBJECT,
  ShareWeight,
  TierName,
  UseLimit,
} from "../limits/use-limit.ts";
import { queryInteger } from "../query/query-integer.ts";
import { cursor, pageOf, Seconds } from "./page.ts";

/** Longest public name of a model. */
const MAX_MODEL_NAME = 200;
const ModelName = z.string().min(1).max(MAX_MODEL_NAME);

/** One limit, in the control API's spelling of `UseLimit`. What is absent has that one's default. */
const Limit = z.strictObject({
  metric: LimitMetric,
  window: LimitWindow,
  max: UseLimit.shape.max,
  model: ModelName.exactOptional(),
  time_zone: z.string().min(1).max(100).exactOptional(),
  action: UseLimit.shape.action.unwrap().exactOptional(),
});
export type Limit = z.infer<typeof Limit>;

/** A limit as it is shown. */
const ShownLimit = z.strictObject({
  ...Limit.shape,
  /**
   * With `include[]=used`: what counts in the current window, in the limit's metric, of requests that have ended; gateways write it within 5 s.
   * @default - not requested, the caller may not read usage (`usage.read`), or the window is shorter than a day
   */
  used: z.int().nonnegative().exactOptional(),
});
export type ShownLimit = z.infer<typeof ShownLimit>;

/** The limits of one subject. Without any, `limits` is empty and `updated_at` is null. */
export const Limits = z.strictObject({
  object: z.literal("organization.limits"),
  /** `limits-`, the scope, `-` and the subject's id. */
  id: z.string(),
  scope: LimitScope,
  /** Id of a project, user, service account or key; `organization` for the organisation. */
  subject_id: z.string(),
  limits: z.array(ShownLimit),
  /** Of a project: its part of a full pool against those of others. @default 1 */
  weight: ShareWeight.exactOptional(),
  /** Of a project or key: the tier of the environment file whose limits it has beside. @default - none */
  tier: TierName.exactOptional(),
  /**
   * With `include[]=used` and a tier: the tier's limits that hold beside its own, with what is used of them by this subject.
   * @default - not requested, no tier, or the limits of the tiers are too long for the control API (`docs/limits-of-use.md`)
   */
  tier_limits: z.array(ShownLimit).exactOptional(),
  updated_at: Seconds.nullable(),
});
export type Limits = z.infer<typeof Limits>;
export const LimitsPage = pageOf(Limits);
export const LimitsDeleted = z.strictObject({
  object: z.literal("organization.limits.deleted"),
  id: z.string(),
  deleted: z.boolean(),
});

/** The counter that a limit is of: two limits of one subject may not have the same. */
function counterOf({ metric, window, model = "", time_zone = "UTC", action = "stop" }: Limit): string {
  return JSON.stringify([metric, window, model, time_zone, action]);
}

/** Replaces all limits of a subject. */
export const UpdateLimits = z.strictObject({
  /** Of a project; others have none. @default - it stays as it is */
  weight: ShareWeight.exactOptional(),
  /** Of a project or key; null takes it away. @default - it stays as it is */
  tier: TierName.nullable().exactOptional(),
  limits: z
    .array(
      Limit.check((context) => {
        const found = limitFault(context.value, context.value.time_zone);
        const path = found && [found.field === "timeZone" ? "time_zone" : found.field];
        if (found) context.issues.push({ code: "custom", message: found.message, path, input: context.value });
      }),
    )
    .max(MAX_LIMITS_OF_SUBJECT)
    .refine(
      (limits) => new Set(limits.map(counterOf)).size === limits.length,
      "has two limits of the same metric, window, model, time zone and action; send one of them",
    ),
});

/** What limits are shown with. */
const include = { "include[]": z.array(z.enum(["used"])).optional() };
export const RetrieveLimitsQuery = z.strictObject(include);
export const ListLimitsQuery = z.strictObject({ ...cursor, scope: LimitScope.optional(), ...include });

/** The rate limits of a project for one model. A limit that there is none of is `UNLIMITED`. */
export const ProjectRateLimit = z.strictObject({
  object: z.literal("project.rate_limit"),
  /** `rl-` and the model's name. */
  id: z.string(),
  model: z.string(),
  max_requests_per_1_minute: z.number(),
  max_tokens_per_1_minute: z.number(),
  /** @default - there is none */
  max_requests_per_1_day: z.number().exactOptional(),
});
export type ProjectRateLimit = z.infer<typeof ProjectRateLimit>;
export const ProjectRateLimitPage = pageOf(ProjectRateLimit);

/** Stands for no limit where the published type has a number: setting it takes the limit away. */
export const UNLIMITED = Number.MAX_SAFE_INTEGER;
const Rate = UseLimit.shape.max.exactOptional();
/** What is absent stays as it is. */
export const UpdateRateLimit = z.strictObject({
  max_requests_per_1_minute: Rate,
  max_tokens_per_1_minute: Rate,
  max_requests_per_1_day: Rate,
});
export type UpdateRateLimit = z.infer<typeof UpdateRateLimit>;

const RateLimitId = z
  .string()
  .min(1)
  .max(MAX_MODEL_NAME + 3);
/** By model. @default limit - 100, as OpenAI's */
export const ListRateLimitsQuery = z.strictObject({
  after: RateLimitId.optional(),
  before: RateLimitId.optional(),
  limit: queryInteger(z.int().min(1).max(100)).default(100),
});

const ModelPermissionMode = z.enum(["allow_list", "deny_list"]);
/** Most models of a list of permissions. */
const MAX_PERMITTED_MODELS = 200;
export const ProjectModelPermissions = z.strictObject({
  object: z.literal("project.model_permissions"),
  mode: ModelPermissionMode,
  model_ids: z.array(z.string()),
});
export const ProjectModelPermissionsDeleted = z.strictObject({
  object: z.literal("project.model_permissions.deleted"),
  deleted: z.boolean(),
});
export const UpdateModelPermissions = z.strictObject({
  mode: ModelPermissionMode,
  model_ids: z.array(ModelName).max(MAX_PERMITTED_MODELS),
});

const spendLimit = <const T extends string>(object: T) =>
  z.strictObject({
    object: z.literal(object),
    /** Cents. */
    threshold_amount: z.number(),
    currency: z.literal("USD"),
    interval: z.literal("month"),
    /** `enforcing` while requests are refused by it. */
    enforcement: z.strictObject({ status: z.enum(["inactive", "enforcing"]) }),
  });
const spendLimitDeleted = <const T extends string>(object: T) =>
  z.strictObject({ object: z.literal(object), deleted: z.boolean() });
export const OrganizationSpendLimit = spendLimit("organization.spend_limit");
export const OrganizationSpendLimitDeleted = spendLimitDeleted("organization.spend_limit.deleted");
export const ProjectSpendLimit = spendLimit("project.spend_limit");
export const ProjectSpendLimitDeleted = spendLimitDeleted("project.spend_limit.deleted");
/** What is charged in a calendar month, in UTC. */
export const UpdateSpendLimit = z.strictObject({
  /** Cents. */
  threshold_amount: z.int().positive().max(MAX_CENTS),
  currency: z.literal("USD"),
  interval: z.literal("month"),
});
