import { type ProjectRateLimit, UNLIMITED, type UpdateRateLimit } from "../../../contracts/control/limits.ts";
import { MAX_LIMITS_OF_SUBJECT, type UseLimit } from "../../../contracts/limits/use-limit.ts";
import { auditEvent, type ControlHandler, change, page } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { limitedSubject, newLimits } from "../call/limited-subject.ts";
import { limitedModels, rateLimitId } from "../call/rate-limit-id.ts";
import { sourceOf } from "../usage/requested-usage.ts";
import { refuseArchived } from "./projects.ts";

type RateField = keyof UpdateRateLimit;
/** The limit of use that each field of the published type is. */
const RATES: Readonly<Record<RateField, Pick<UseLimit, "metric" | "window">>> = {
  max_requests_per_1_minute: { metric: "requests", window: "minute" },
  max_tokens_per_1_minute: { metric: "tokens", window: "minute" },
  max_requests_per_1_day: { metric: "requests", window: "day" },
};
const FIELDS = Object.keys(RATES) as readonly RateField[];

/** One for each model, by name: those of the environment file, and others that are limited. */
export const listRateLimits: ControlHandler<"listRateLimits"> = async ({ caller, query, records, store, models }) => {
  const { after, before, limit } = query;
  const subject = await limitedSubject(store, caller.organizationId, "project", records.project_id.id);
  const limits = subject?.record?.limits ?? [];
  const all = limitedModels(models, limits).map((model) => toRateLimit(model, limits));
  const rows = all.filter(({ id }) => (after === undefined || id > after) && (before === undefined || id < before));
  // With `before` alone, the page is the one that ends there.
  const isBackwards = before !== undefined && after === undefined;
  return { body: page(isBackwards ? rows.slice(-limit) : rows.slice(0, limit), rows.length > limit) };
};

export const updateRateLimit: ControlHandler<"updateRateLimit"> = async (call) => {
  const { records, body } = call;
  const project = records.project_id;
  refuseArchived(project);
  const { model, ...subject } = records.rate_limit_id;
  const before = subject.record?.limits ?? [];
  if (body.max_requests_per_1_day !== undefined) sourceOf(call);
  const set = FIELDS.filter((field) => body[field] !== undefined);
  const others = before.filter((limit) => !set.some((field) => isRate(limit, field, model)));
  const added = set.flatMap((field) => {
    const max = body[field] ?? UNLIMITED;
    return max === UNLIMITED ? [] : [{ ...RATES[field], max, model }];
  });
  const limits = [...others, ...added];
  if (limits.length > MAX_LIMITS_OF_SUBJECT)
    throw new ControlError(
      "invalid_request",
      `The project has ${before.length} limits, and at most ${MAX_LIMITS_OF_SUBJECT} are possible; take one away by setting it to ${UNLIMITED}.`,
    );
  const { record, changes } = await newLimits(call, subject, { limits, models: subject.record?.models });
  const event = auditEvent("rate_limit.updated", { id: rateLimitId(model), changes_requested: body }, project);
  return change(call, event, changes, { body: toRateLimit(model, limits), version: record.version });
};

/** Whether a limit is the one that a field of the published type has. */
function isRate(
  { metric, window, timeZone = "UTC", action = "stop", ...limit }: UseLimit,
  field: RateField,
  model: string,
) {
  const rate = RATES[field];
  return (
    metric === rate.metric && window === rate.window && limit.model === model && timeZone === "UTC" && action === "stop"
  );
}

function toRateLimit(model: string, limits: readonly UseLimit[]): ProjectRateLimit {
  const of = (field: RateField) => limits.find((limit) => isRate(limit, field, model))?.max;
  const perDay = of("max_requests_per_1_day");
  return {
    object: "project.rate_limit",
    id: rateLimitId(model),
    model,
    max_requests_per_1_minute: of("max_requests_per_1_minute") ?? UNLIMITED,
    max_tokens_per_1_minute: of("max_tokens_per_1_minute") ?? UNLIMITED,
    ...(perDay === undefined ? {} : { max_requests_per_1_day: perDay }),
  };
}
