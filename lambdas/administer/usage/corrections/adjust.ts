import { StoredAdjustment } from "../../../../contracts/usage/corrections.ts";
import type { UsageEvent } from "../../../../contracts/usage/usage-event.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { adjusted, adjustmentAdditions, shownAdjustable } from "../../../../domain/usage/adjustments.ts";
import { bucketStart } from "../../../../domain/usage/usage-keys.ts";
import { shortened } from "../../../../lib/shortened.ts";
import { readSegment } from "../../../count-usage/read-segment.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import { linesIn, type UsageLedger } from "../../store/usage-ledger.ts";
import { HOUR, ledgerOf, requireFiles, tooManyFiles } from "./ledger-call.ts";
import { shownAdjustment } from "./list-adjustments.ts";

type Call = ControlCall<"createUsageAdjustment">;

/**
 * Takes back a part of what a request was charged. The adjustment, its audit event and what it adds to the sums are one
 * transaction, which holds only while it is the request's next one.
 */
export const createUsageAdjustment: ControlHandler<"createUsageAdjustment"> = async (call) => {
  const ledger = ledgerOf(call);
  const { body, caller, nowMs } = call;
  const event = await eventOf(call, ledger);
  const before = await ledger.adjustments(Date.parse(event.endedAt) / 1000, event.id);
  const result = adjusted(event, before, body.reduce_by);
  if ("problem" in result)
    throw new ControlError("invalid_request", result.problem, {
      param: result.field === undefined ? "request_id" : `reduce_by.${result.field}`,
    });
  const adjustment = StoredAdjustment.parse({
    event,
    number: before.length + 1,
    reason: body.reason,
    adjustedBy: caller.user.id,
    adjustedAt: unixSeconds(nowMs),
    reducedBy: result.reducedBy,
  });
  const reduced = shownAdjustable(result.reducedBy);
  const shown = { ...shownAdjustment(adjustment), left: shownAdjustable(result.left) };
  const payload = { id: event.id, reason: adjustment.reason, number: adjustment.number, reduced_by: reduced };
  const additions = adjustmentAdditions(adjustment, unixSeconds(nowMs));
  return await change(
    call,
    auditEvent("usage.adjusted", payload),
    [],
    { body: shown },
    ledger.adjustmentActions(adjustment, additions),
  );
};

/** The event of the request that a call names. @throws {ControlError} where no file has it */
async function eventOf(call: Call, ledger: UsageLedger): Promise<UsageEvent> {
  const { request_id: id, ended_at: endedAt } = call.body;
  requireFiles(ledger, call, "ended_at", endedAt);
  const hour = bucketStart("1h", endedAt);
  // Of the hour itself first.
  for (const from of [hour, hour - HOUR, hour + HOUR]) {
    const event = await eventIn(call, ledger, id, await ledger.files(from, from));
    if (event !== undefined) return event;
  }
  throw new ControlError(
    "not_found",
    `No event of the request '${shortened(id)}' is in the files of ${new Date((hour - HOUR) * 1000).toISOString()} to ${new Date((hour + 2 * HOUR) * 1000).toISOString()}; correct request_id or ended_at. An event is there within a minute of the request's end.`,
    { rule: "no-such-event" },
  );
}

async function eventIn(
  { isLate }: Call,
  ledger: UsageLedger,
  id: string,
  keys: readonly string[],
): Promise<UsageEvent | undefined> {
  const found: { event: UsageEvent | undefined } = { event: undefined };
  const text = JSON.stringify(id);
  const isWhole = await ledger.eachFile(keys, isLate, (_, bytes) => {
    if (!linesIn(bytes).some((line) => line.includes(text))) return false;
    found.event ??= readSegment(bytes).events.find((event) => event.id === id);
    return found.event !== undefined;
  });
  if (!isWhole && found.event === undefined) throw tooManyFiles(keys.length);
  return found.event;
}
