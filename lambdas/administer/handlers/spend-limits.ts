import type { RecordOf } from "../../../contracts/control/records.ts";
import { NANO_USD_PER_CENT } from "../../../contracts/limits/cents.ts";
import { MAX_LIMITS_OF_SUBJECT, type UseLimit } from "../../../contracts/limits/use-limit.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../call/control-call.ts";
import { ControlError, LostRaceError } from "../call/control-error.ts";
import { type LimitedSubject, limitedSubject, newLimits } from "../call/limited-subject.ts";
import { chargedThisMonth } from "../usage/charged-this-month.ts";
import { sourceOf } from "../usage/requested-usage.ts";
import { refuseArchived } from "./projects.ts";

type Reading = Pick<ControlCall<"retrieveSpendLimit">, "caller" | "store" | "usage" | "organization" | "nowMs">;
type Writing = Reading & Pick<ControlCall<"updateSpendLimit">, "repeatable" | "body">;
type Project = RecordOf<"project">;

export const retrieveSpendLimit: ControlHandler<"retrieveSpendLimit"> = async (call) => ({
  body: { object: "organization.spend_limit", ...(await retrieved(call, undefined)) },
});
export const updateSpendLimit: ControlHandler<"updateSpendLimit"> = async (call) =>
  set(call, undefined, "organization.spend_limit");
export const deleteSpendLimit: ControlHandler<"deleteSpendLimit"> = async (call) =>
  removed(call, undefined, "organization.spend_limit.deleted");
export const retrieveProjectSpendLimit: ControlHandler<"retrieveProjectSpendLimit"> = async (call) => ({
  body: { object: "project.spend_limit", ...(await retrieved(call, call.records.project_id)) },
});
export const updateProjectSpendLimit: ControlHandler<"updateProjectSpendLimit"> = async (call) => {
  refuseArchived(call.records.project_id);
  return set(call, call.records.project_id, "project.spend_limit");
};
export const deleteProjectSpendLimit: ControlHandler<"deleteProjectSpendLimit"> = async (call) =>
  removed(call, call.records.project_id, "project.spend_limit.deleted");

async function retrieved(call: Reading, project: Project | undefined) {
  const found = (await subjectOf(call, project)).record?.limits.find(isSpendLimit);
  if (found === undefined) throw noLimit(project);
  return shown(call, project, found.max);
}

/** Gateways hold it within a second. */
async function set<const T extends string>(call: Writing, project: Project | undefined, object: T) {
  sourceOf(call); // without usage nobody counts what is spent
  const subject = await subjectOf(call, project);
  const max = call.body.threshold_amount * NANO_USD_PER_CENT;
  const limits = [...othersOf(subject), { metric: "nano_usd", window: "month", max } as const];
  if (limits.length > MAX_LIMITS_OF_SUBJECT)
    throw new ControlError("invalid_request", `At most ${MAX_LIMITS_OF_SUBJECT} limits are possible; delete one.`);
  const { changes } = await newLimits(call, subject, { limits, models: subject.record?.models });
  const payload = { id: subject.subjectId, changes_requested: call.body };
  return change(call, auditEvent("spend_limit.updated", payload, project), changes, {
    body: { object, ...(await shown(call, project, max)) },
  });
}

async function removed<const T extends string>(
  call: Reading & Pick<Writing, "repeatable">,
  project: Project | undefined,
  object: T,
) {
  const subject = await subjectOf(call, project);
  if (!subject.record?.limits.some(isSpendLimit)) throw noLimit(project);
  const { changes } = await newLimits(call, subject, { limits: othersOf(subject), models: subject.record.models });
  const event = auditEvent("spend_limit.deleted", { id: subject.subjectId }, project);
  return change(call, event, changes, { body: { object, deleted: true } });
}

async function subjectOf({ store, caller }: Reading, project: Project | undefined): Promise<LimitedSubject> {
  const [scope, id] =
    project === undefined ? (["organization", ORGANIZATION] as const) : (["project", project.id] as const);
  const subject = await limitedSubject(store, caller.organizationId, scope, id);
  if (subject === undefined) throw new LostRaceError();
  return subject;
}

function othersOf({ record }: LimitedSubject): UseLimit[] {
  return record?.limits.filter((limit) => !isSpendLimit(limit)) ?? [];
}

/** The limit of a subject that the published type has: by the calendar month in UTC, of all models, that stops. */
function isSpendLimit({ metric, window, model, timeZone = "UTC", action = "stop" }: UseLimit): boolean {
  return metric === "nano_usd" && window === "month" && model === undefined && timeZone === "UTC" && action === "stop";
}

async function shown(call: Reading, project: Project | undefined, max: number) {
  const isReached = (await chargedThisMonth(call, project?.id)) >= max;
  return {
    threshold_amount: max / NANO_USD_PER_CENT,
    currency: "USD" as const,
    interval: "month" as const,
    enforcement: { status: isReached ? ("enforcing" as const) : ("inactive" as const) },
  };
}

function noLimit(project: Project | undefined): ControlError {
  const whose = project === undefined ? "The organisation" : `The project '${project.id}'`;
  return new ControlError("not_found", `${whose} has no spend limit.`, { rule: "no-spend-limit" });
}
