import type { LegalHold } from "../../../contracts/erasure/legal-hold.ts";
import { MAX_LEGAL_HOLDS } from "../../../contracts/erasure/records.ts";
import { subjectLimitsId } from "../../../domain/limits/subject-limits.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, slice } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { erasableSubject } from "./erasable-subject.ts";
import { type Hold, type LegalHolds, storedHolds, storingHolds } from "./legal-holds.ts";
import { settleHold } from "./settle-hold.ts";

export const listLegalHolds: ControlHandler<"listLegalHolds"> = async (call) => {
  const stored = await storedHolds(call);
  const { data, ...rest } = slice(stored?.holds ?? [], { ...call.query, order: "asc" });
  return { body: { ...rest, data: data.map(toLegalHold) } };
};

/** From this request on nothing of the subject is erased. The schedule goes on until nothing of what is stored of it expires. */
export const createLegalHold: ControlHandler<"createLegalHold"> = async (call) => {
  const stored = await storedHolds(call);
  const before = stored?.holds.find(({ id }) => id === call.body.subject_id);
  if (before?.releasedAt !== undefined)
    throw new ControlError(
      "legal_hold",
      `The hold on '${before.id}' is being released: send DELETE /v1/organization/legal_holds/${before.id} until it is done, then place another.`,
    );
  const hold = before?.isOfStoredData ? before : await begin(call, stored);
  return { body: toLegalHold((await settleHold(call, hold)) ?? hold) };
};

/** The schedule goes on until what is stored of the subject expires again. From then on the subject can be erased. */
export const deleteLegalHold: ControlHandler<"deleteLegalHold"> = async (call) => {
  const { legal_hold_id: hold } = call.records;
  const { releasedAt = await release(call) } = hold;
  const { version: _, ...before } = hold;
  const deleted = (await settleHold(call, { ...before, releasedAt })) === undefined;
  return { body: { id: hold.id, object: "organization.legal_hold.deleted", deleted } };
};

/** Stores a hold; one that a release before this one placed is extended, and stays the same otherwise. */
async function begin(call: ControlCall<"createLegalHold">, stored: LegalHolds | undefined): Promise<Hold> {
  const { caller, body, nowMs, store } = call;
  if (await store.get(caller.organizationId, { kind: "erasure", ids: [body.subject_id] }))
    throw new ControlError(
      "invalid_request",
      `'${body.subject_id}' is erased, or being erased: there is nothing to hold.`,
      { param: "subject_id" },
    );
  const { id, type, projectId, project } = await erasableSubject(call, body.subject_id);
  const others = (stored?.holds ?? []).filter((one) => one.id !== id);
  const before = stored?.holds.find((one) => one.id === id);
  if (others.length >= MAX_LEGAL_HOLDS)
    throw new ControlError("invalid_request", `There are at most ${MAX_LEGAL_HOLDS} legal holds; release one.`);
  const at = unixSeconds(nowMs);
  const placed: Hold = {
    id,
    subjectType: type,
    ...(type === "service_account" && projectId !== undefined ? { projectId } : {}),
    reason: body.reason,
    placedBy: caller.user.id,
    placedAt: at,
    isOfStoredData: true,
  };
  const hold: Hold = before === undefined ? placed : { ...withoutEnd(before), isOfStoredData: true, extendedAt: at };
  const event = auditEvent("legal_hold.placed", { id, reason: hold.reason }, project);
  const changes = [storingHolds(stored, [...others, hold]), await settingHeld(call, hold, true)];
  await change({ ...call, repeatable: undefined }, event, changes, { body: hold });
  return hold;
}

/** Stores that the release has begun. @returns when */
async function release(call: ControlCall<"deleteLegalHold">): Promise<number> {
  const { version: _, ...hold } = call.records.legal_hold_id;
  const stored = await storedHolds(call);
  const releasedAt = unixSeconds(call.nowMs);
  const holds = (stored?.holds ?? []).map((one) => (one.id === hold.id ? { ...one, releasedAt } : one));
  const event = auditEvent("legal_hold.released", { id: hold.id, reason: hold.reason });
  const changes = [storingHolds(stored, holds), await settingHeld(call, hold, false)];
  await change(call, event, changes, { body: undefined });
  return releasedAt;
}

/** Gateways read with each key whether its project or owner is held. */
async function settingHeld(
  { store, nowMs }: Pick<ControlCall<"createLegalHold">, "store" | "nowMs">,
  { id, subjectType }: Hold,
  isHeld: boolean,
): Promise<Change> {
  const subject = { scope: subjectType, subject: id } as const;
  const version = await store.limitsVersion(subjectLimitsId(subject));
  return { action: "setHeld", subject, isHeld, version, at: new Date(nowMs) };
}

function withoutEnd({ heldAt: _, ...hold }: Hold): Hold {
  return hold;
}

function toLegalHold({ id, subjectType, reason, placedBy, placedAt, heldAt, releasedAt }: Hold): LegalHold {
  const active = heldAt === undefined ? "in_progress" : "held";
  return {
    id,
    object: "organization.legal_hold",
    subject_type: subjectType,
    status: releasedAt === undefined ? active : "releasing",
    reason,
    placed_by: placedBy,
    placed_at: placedAt,
  };
}
