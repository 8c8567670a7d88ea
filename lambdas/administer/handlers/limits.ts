import type { Limit, Limits } from "../../../contracts/control/limits.ts";
import { COUNTED_WINDOWS } from "../../../contracts/limits/limit-rules.ts";
import type { KnownTiers } from "../../../contracts/limits/limit-settings.ts";
import { LimitScope, type UseLimit } from "../../../contracts/limits/use-limit.ts";
import { isTimeZone } from "../../../domain/limits/time-zone.ts";
import { ID_MARK, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, hasScope, page } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { type LimitedSubject, newLimits, projectOfSubject } from "../call/limited-subject.ts";
import { wantedRecords } from "../call/wanted-records.ts";
import { sourceOf } from "../usage/requested-usage.ts";
import { shownLimit, withUsed } from "../usage/used-limits.ts";
import { refuseArchived } from "./projects.ts";

/** In the order of scopes by the alphabet, then of ids. Subjects of which nothing is limited any more are not listed. */
export const listLimits: ControlHandler<"listLimits"> = async (call) => {
  const { caller, query, store } = call;
  const { limit, scope } = query;
  const after = query.after === undefined ? undefined : afterOf(query.after, scope);
  const within = scope === undefined ? {} : { within: [scope] };
  const range = { kind: "limits", limit, ...within, ...(after === undefined ? {} : { after }) } as const;
  const found = await wantedRecords(store, caller.organizationId, range, {
    isWanted: ({ limits, weight, tier }) => limits.length > 0 || weight !== undefined || tier !== undefined,
    cursorOf: (record) => (scope === undefined ? [record.scope, record.subjectId].join(ID_MARK) : record.subjectId),
  });
  const listed = found.slice(0, limit).map((record) => toLimits({ ...record, record }));
  return { body: page(await shownLimits(call, listed), found.length > limit) };
};

export const retrieveLimits: ControlHandler<"retrieveLimits"> = async (call) => {
  const { subject_id: subject } = call.records;
  const [body = toLimits(subject)] = await shownLimits(call, [toLimits(subject)]);
  return { body, version: subject.version };
};

/** Gateways hold them within a second. */
export const updateLimits: ControlHandler<"updateLimits"> = async (call) => {
  const { records, body } = call;
  const subject = records.subject_id;
  const project = await projectOfSubject(call, subject);
  if (project) refuseArchived(project);
  body.limits.forEach(requireTimeZone);
  if (body.limits.some(({ window }) => COUNTED_WINDOWS.has(window))) sourceOf(call);
  const limits = body.limits.map(toUseLimit);
  const { weight, tier } = body;
  if (weight !== undefined) requireProject(subject);
  if (typeof tier === "string") requireTier(subject, tier, call.tiers);
  const { record, changes } = await newLimits(call, subject, { limits, models: subject.record?.models, weight, tier });
  const event = auditEvent("limits.updated", { id: idOf(subject), changes_requested: body });
  const unchanged = project ? [requireUnchanged(project)] : [];
  return change(call, event, [...changes, ...unchanged], {
    body: toLimits({ ...subject, record }),
    version: record.version,
  });
};

/** Takes all limits of a subject away, and its tier. The models that a project may use and its weight stay as they are. */
export const deleteLimits: ControlHandler<"deleteLimits"> = async (call) => {
  const subject = call.records.subject_id;
  const id = idOf(subject);
  const { changes } = await newLimits(call, subject, { limits: [], models: subject.record?.models, tier: null });
  return change(call, auditEvent("limits.deleted", { id }), changes, {
    body: { object: "organization.limits.deleted", id, deleted: true },
  });
};

type Reading = Pick<ControlCall<"retrieveLimits">, "caller" | "usage" | "nowMs" | "query" | "tiers">;

/** What is used is for those alone who may read usage: limits are read by more than they. */
async function shownLimits(call: Reading, limits: readonly Limits[]): Promise<readonly Limits[]> {
  const isIncluded = call.query["include[]"]?.includes("used") && hasScope(call.caller, "usage.read");
  return isIncluded ? await withUsed(call, limits) : limits;
}

const PREFIX = "limits-";

function idOf({ scope, subjectId }: Pick<LimitedSubject, "scope" | "subjectId">): string {
  return `${PREFIX}${scope}-${subjectId}`;
}

/** Where a list goes on. @throws {ControlError} for an id that is none of the list's */
function afterOf(id: string, only: LimitScope | undefined): string {
  for (const scope of LimitScope.options) {
    const subjectId = id.startsWith(idOf({ scope, subjectId: "" }))
      ? id.slice(idOf({ scope, subjectId: "" }).length)
      : "";
    if (subjectId !== "" && (only === undefined || only === scope))
      return only === undefined ? [scope, subjectId].join(ID_MARK) : subjectId;
  }
  throw new ControlError(
    "invalid_request",
    "`after` must be the `last_id` of the page before; correct it in the query.",
    {
      param: "after",
    },
  );
}

function requireTimeZone({ time_zone: timeZone }: Limit, index: number): void {
  if (timeZone === undefined || isTimeZone(timeZone)) return;
  throw new ControlError(
    "invalid_request",
    `'${timeZone}' is no time zone of the IANA database; send one such as Europe/Berlin, or leave it out for UTC.`,
    { param: `limits[${index}].time_zone` },
  );
}

/** @throws {ControlError} for a subject that has no share of a full pool */
function requireProject({ scope }: Pick<LimitedSubject, "scope">): void {
  if (scope === "project") return;
  throw new ControlError(
    "invalid_request",
    `Full pools are shared among projects, and the scope ${scope} has no weight; send that of a project, or leave it out.`,
    { param: "weight" },
  );
}

/** @throws {ControlError} for a tier that the environment does not have, or a subject that has none */
function requireTier({ scope }: Pick<LimitedSubject, "scope">, tier: string, tiers: KnownTiers): void {
  if ((scope === "project" || scope === "key") && Object.hasOwn(tiers, tier)) return;
  const message =
    scope !== "project" && scope !== "key"
      ? `Projects and keys have tiers, and the scope ${scope} has none; leave it out.`
      : `'${tier}' is no tier of this environment, which has ${Object.keys(tiers).join(", ") || "none"}; send one of these, or add it to api.tiers of the environment file.`;
  throw new ControlError("invalid_request", message, { param: "tier" });
}

function toUseLimit({ time_zone: timeZone, ...limit }: Limit): UseLimit {
  return { ...limit, ...(timeZone === undefined ? {} : { timeZone }) };
}

function toLimits({ scope, subjectId, record }: Pick<LimitedSubject, "scope" | "subjectId" | "record">): Limits {
  return {
    object: "organization.limits",
    id: idOf({ scope, subjectId }),
    scope,
    subject_id: subjectId,
    limits: (record?.limits ?? []).map(shownLimit),
    ...(record?.weight === undefined ? {} : { weight: record.weight }),
    ...(record?.tier === undefined ? {} : { tier: record.tier }),
    updated_at: record?.updatedAt ?? null,
  };
}
