import type { StoredAdjustment, UsageAdjustment } from "../../../../contracts/usage/corrections.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { shownAdjustable } from "../../../../domain/usage/adjustments.ts";
import { bucketStart } from "../../../../domain/usage/usage-keys.ts";
import { type ControlHandler, nextPage } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import { HOUR, ledgerOf } from "./ledger-call.ts";

/** Where a page begins: after an entry of an hour. */
interface Position {
  /** Unix seconds of the hour's beginning. */
  readonly hour: number;
  /** "" before the first one. */
  readonly entry: string;
}

/** Hours that one request reads, each by a query of its own: as many as OpenAI's API has on a page of hours. */
const MAX_HOURS = 168;
/** Hours that are read at once. */
const READS = 24;

/** Adjustments of the requests that ended in these hours, hour by hour. */
export const listUsageAdjustments: ControlHandler<"listUsageAdjustments"> = async (call) => {
  const ledger = ledgerOf(call);
  const now = unixSeconds(call.nowMs);
  const { start_time: start, end_time: end = now, after, limit } = call.query;
  // No request has ended later; a gateway's clock may differ by some minutes.
  const [first, last] = [bucketStart("1h", start), bucketStart("1h", Math.min(end, now + HOUR))];
  const begin = after === undefined ? { hour: first, entry: "" } : positionOf(after, first, last);
  const hours = hoursOf(await ledger.usedDays(begin.hour, last + 1), begin.hour, last);
  const enough = hours.slice(0, MAX_HOURS);
  const data: UsageAdjustment[] = [];
  let position = begin;
  for (let index = 0; index < enough.length; index += READS) {
    const listed = await Promise.all(
      enough.slice(index, index + READS).map(async (hour) => {
        const behind = hour === begin.hour ? begin.entry : undefined;
        return { hour, found: await ledger.firstAdjustments(hour, limit - data.length + 1, behind) };
      }),
    );
    for (const { hour, found } of listed)
      for (const { entry, adjustment } of found) {
        if (data.length === limit) return { body: nextPage(data, cursorOf(position)) };
        data.push(shownAdjustment(adjustment));
        position = { hour, entry };
      }
  }
  const next = hours[MAX_HOURS];
  return { body: nextPage(data, next === undefined ? undefined : cursorOf({ hour: next, entry: "" })) };
};

export function shownAdjustment({
  event,
  number,
  reason,
  adjustedBy,
  adjustedAt,
  reducedBy,
}: StoredAdjustment): UsageAdjustment {
  return {
    object: "organization.usage.adjustment",
    request_id: event.id,
    ended_at: Math.floor(Date.parse(event.endedAt) / 1000),
    model: event.model,
    project_id: event.projectId ?? null,
    user_id: event.userId ?? null,
    api_key_id: event.keyId === undefined ? null : `key_${event.keyId}`,
    number,
    reason,
    adjusted_by: adjustedBy,
    adjusted_at: adjustedAt,
    reduced_by: shownAdjustable(reducedBy),
  };
}

/** The hours of these days, from one to another. */
function hoursOf(days: readonly number[], from: number, to: number): readonly number[] {
  const ofDay = Array.from({ length: 24 }, (_, index) => index * HOUR);
  return days.flatMap((day) => ofDay.map((offset) => day + offset)).filter((hour) => hour >= from && hour <= to);
}

function cursorOf({ hour, entry }: Position): string {
  return Buffer.from(`${hour} ${entry}`).toString("base64url");
}

/** @throws {ControlError} for a cursor of another list */
function positionOf(after: string, first: number, last: number): Position {
  const [, hour = "", entry = ""] = /^(\d{1,10}) (.*)$/s.exec(Buffer.from(after, "base64url").toString()) ?? [];
  const seconds = Number(hour);
  if (hour !== "" && seconds % HOUR === 0 && seconds >= first && seconds <= last) return { hour: seconds, entry };
  throw new ControlError(
    "invalid_request",
    "after must be the `next` of a page of the same start_time and end_time; correct it in the query, or leave it out.",
    { param: "after" },
  );
}
