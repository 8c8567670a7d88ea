import type { LegalHold } from "../../../contracts/erasure/legal-hold.ts";
import { MAX_LEGAL_HOLDS } from "../../../contracts/erasure/records.ts";
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

/** From this request on nothing of the subject is erased. The schedule goes on until nothing of its history expires. */
export const createLegalHold: ControlHandler<"createLegalHold"> = async (call) => {
  const stored = await storedHolds(call);
  const before = stored?.holds.find(({ id }) => id === call.body.subject_id);
  if (before?.releasedAt !== undefined)
    throw new ControlError(
      "legal_hold",
      `The hold on '${before.id}' is being released: send DELETE /v1/organization/legal_holds/${before.id} until it is done, then place another.`,
    );
  const hold = before ?? (await begin(call, stored));
  return { body: toLegalHold((await settleHold(call, hold)) ?? hold) };
};

/** The schedule goes on until the history of the subject expires again. From then on the subject can be erased. */
export const deleteLegalHold: ControlHandler<"deleteLegalHold"> = async (call) => {
  const { legal_hold_id: hold } = call.records;
  const { releasedAt = await release(call) } = hold;
  const { version: _, ...before } = hold;
  const deleted = (await settleHold(call, { ...before, releasedAt })) === undefined;
  return { body: { id: hold.id, object: "organization.legal_hold.deleted", deleted } };
};

async function begin(call: ControlCall<"createLegalHold">, stored: LegalHolds | undefined): Promise<Hold> {
  const { caller, body, nowMs, store } = call;
  if (await store.get(caller.organizationId, { kind: "erasure", ids: [body.subject_id] }))
    throw new ControlError(
      "invalid_request",
      `'${body.subject_id}' is erased, or being erased: there is nothing to hold.`,
      { param: "subject_id" },
    );
  const { id, type, projectId, project } = await erasableSubject(call, body.subject_id);
  const others = stored?.holds ?? [];
  if (others.length >= MAX_LEGAL_HOLDS)
    throw new ControlError("invalid_request", `There are at most ${MAX_LEGAL_HOLDS} legal holds; release one.`);
  const hold: Hold = {
    id,
    subjectType: type,
    ...(type === "service_account" && projectId !== undefined ? { projectId } : {}),
    reason: body.reason,
    placedBy: caller.user.id,
    placedAt: unixSeconds(nowMs),
  };
  const event = auditEvent("legal_hold.placed", { id, reason: body.reason }, project);
  await change({ ...call, repeatable: undefined }, event, [storingHolds(stored, [...others, hold])], { body: hold });
  return hold;
}

/** Stores that the release has begun. @returns when */
async function release(call: ControlCall<"deleteLegalHold">): Promise<number> {
  const { version: _, ...hold } = call.records.legal_hold_id;
  const stored = await storedHolds(call);
  const releasedAt = unixSeconds(call.nowMs);
  const holds = (stored?.holds ?? []).map((one) => (one.id === hold.id ? { ...one, releasedAt } : one));
  const event = auditEvent("legal_hold.released", { id: hold.id, reason: hold.reason });
  await change(call, event, [storingHolds(stored, holds)], { body: undefined });
  return releasedAt;
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
