import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlCall } from "../call/control-call.ts";
import { LostRaceError } from "../call/control-error.ts";
import { subjectData } from "./erasable-subject.ts";
import { type Hold, storedHolds, storingHolds } from "./legal-holds.ts";
import { SETTLE_SECONDS } from "./settle-seconds.ts";

type Call = ControlCall<"deleteLegalHold">;
export interface SettleTools extends Pick<Call, "store" | "history" | "erasable" | "isLate" | "nowMs"> {
  readonly caller: Pick<Call["caller"], "organizationId">;
}

/**
 * Goes on with a hold that was placed, until nothing of what it is for expires, or with one that is released, until all expires again. It may be
 * done any number of times, by requests and by the schedule.
 * @returns the hold as it is stored then; `undefined` where its release is done and it is gone
 */
export async function settleHold(tools: SettleTools, hold: Hold): Promise<Hold | undefined> {
  const { nowMs } = tools;
  const { id, placedAt, heldAt, releasedAt } = hold;
  if (releasedAt === undefined && heldAt !== undefined) return hold;
  const changed = await pass(tools, hold);
  if (changed !== 0 || unixSeconds(nowMs) - (releasedAt ?? hold.extendedAt ?? placedAt) < SETTLE_SECONDS) return hold;
  const after = releasedAt === undefined ? { ...hold, heldAt: unixSeconds(nowMs) } : undefined;
  await replace(tools, id, after);
  return after;
}

/** @returns how much was changed, in the history and beside it; undefined where it was late */
async function pass(tools: SettleTools, hold: Hold): Promise<number | undefined> {
  const { history, erasable, isLate } = tools;
  const { id, subjectType: type, projectId, releasedAt } = hold;
  const change = releasedAt === undefined ? "hold" : "release";
  const inHistory = history === undefined ? 0 : await history.holds[change](id, isLate);
  if (inHistory === undefined || (change === "hold" && hold.isOfStoredData === undefined)) return inHistory;
  const subject = { id, type, projectId: type === "project" ? id : projectId };
  const beside = await erasable.holds[change](await subjectData(tools, subject), isLate);
  return beside === undefined ? undefined : inHistory + beside;
}

async function replace({ caller, store }: SettleTools, id: string, after: Hold | undefined): Promise<void> {
  const stored = await storedHolds({ caller, store });
  const holds = (stored?.holds ?? []).flatMap((one) => (one.id === id ? (after ?? []) : one));
  if (!(await store.write(caller.organizationId, [storingHolds(stored, holds)]))) throw new LostRaceError();
}
