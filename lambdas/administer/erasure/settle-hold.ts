import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlCall } from "../call/control-call.ts";
import { LostRaceError } from "../call/control-error.ts";
import { type Hold, storedHolds, storingHolds } from "./legal-holds.ts";
import { SETTLE_SECONDS } from "./settle-seconds.ts";

type Call = ControlCall<"deleteLegalHold">;
export interface SettleTools extends Pick<Call, "store" | "history" | "isLate" | "nowMs"> {
  readonly caller: Pick<Call["caller"], "organizationId">;
}

/**
 * Goes on with a hold that was placed, until nothing of the history expires, or with one that is released, until all expires again. It may be
 * done any number of times, by requests and by the schedule.
 * @returns the hold as it is stored then; `undefined` where its release is done and it is gone
 */
export async function settleHold(tools: SettleTools, hold: Hold): Promise<Hold | undefined> {
  const { history, isLate, nowMs } = tools;
  const { id, placedAt, heldAt, releasedAt } = hold;
  if (releasedAt === undefined && heldAt !== undefined) return hold;
  const changed = releasedAt === undefined ? history?.holds.hold(id, isLate) : history?.holds.release(id, isLate);
  const isDone = (await (changed ?? 0)) === 0 && unixSeconds(nowMs) - (releasedAt ?? placedAt) >= SETTLE_SECONDS;
  if (!isDone) return hold;
  const after = releasedAt === undefined ? { ...hold, heldAt: unixSeconds(nowMs) } : undefined;
  await replace(tools, id, after);
  return after;
}

async function replace({ caller, store }: SettleTools, id: string, after: Hold | undefined): Promise<void> {
  const stored = await storedHolds({ caller, store });
  const holds = (stored?.holds ?? []).flatMap((one) => (one.id === id ? (after ?? []) : one));
  if (!(await store.write(caller.organizationId, [storingHolds(stored, holds)]))) throw new LostRaceError();
}
