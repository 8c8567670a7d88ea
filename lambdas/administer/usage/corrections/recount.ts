import { randomUUID } from "node:crypto";
import {
  USAGE_GROUPINGS,
  USAGE_WIDTHS,
  type UsageGrouping,
  type UsageWidth,
} from "../../../../contracts/usage/usage-counter.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { addAdjustment, storedWidths } from "../../../../domain/usage/adjustments.ts";
import {
  missingInTotal,
  shownDifference,
  sumsOfDay,
  type UsageDifference,
  usageDifferences,
} from "../../../../domain/usage/usage-differences.ts";
import { bucketStart } from "../../../../domain/usage/usage-keys.ts";
import { usageRanges } from "../../../../domain/usage/usage-ranges.ts";
import { sumsOf, UsageAdditions } from "../../../../domain/usage/usage-sums.ts";
import { readSegment } from "../../../count-usage/read-segment.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import type { UsageLedger } from "../../store/usage-ledger.ts";
import { HOUR, ledgerOf, requireFiles, tooManyFiles, unrepeated } from "./ledger-call.ts";

type Call = ControlCall<"createUsageRecount">;

/** What a recount found. */
interface Found {
  readonly differences: readonly UsageDifference[];
  readonly filesCounted: number;
  readonly events: number;
  readonly repeated: number;
  readonly unreadable: number;
}

const GROUPINGS = Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[];
/** Differences of one response: a load balancer takes at most 1 MB of a function. */
const MAX_SHOWN = 100;
/** Usage that comes while it is counted: then it is counted anew. */
const ATTEMPTS = 3;

/**
 * Compares the sums of an hour with its events and adjustments, or those of a day with those of its hours. Files that were not
 * counted are counted first, as the schedule would; with `apply` the differences are added to the sums. Repeated, it goes
 * on with what is still different.
 */
export const createUsageRecount: ControlHandler<"createUsageRecount"> = async (call) => {
  const ledger = ledgerOf(call);
  const { body, nowMs } = call;
  const { width, start_time: start } = body;
  const end = start + USAGE_WIDTHS[width];
  requireRecountable(call, ledger, end);
  const found = await settled(call, ledger, start, end);
  const { differences } = found;
  const missing = missingInTotal(differences, width);
  const at = new Date(start * 1000).toISOString();
  let corrected = 0;
  if (body.apply && differences.length > 0) {
    const payload = {
      id: `${width} ${at}`,
      num_differences: differences.length,
      missing_charge_nano_usd: missing.chargeNanoUsd,
    };
    await change(unrepeated(call), auditEvent("usage.recounted", payload), [], { body: undefined });
    corrected = await ledger.correct(start, `${width} ${new Date(nowMs).toISOString()} ${randomUUID()}`, differences);
  }
  return {
    body: {
      object: "organization.usage.recount",
      start_time: start,
      end_time: end,
      files_counted: found.filesCounted,
      events: found.events,
      repeated_events: found.repeated,
      unreadable_lines: found.unreadable,
      num_differences: differences.length,
      differences: differences.slice(0, MAX_SHOWN).map(shownDifference),
      missing_charge_nano_usd: missing.chargeNanoUsd,
      missing_input_tokens: missing.inputTokens,
      missing_output_tokens: missing.outputTokens,
      num_corrected: corrected,
    },
  };
};

/** @throws {ControlError} */
function requireRecountable(call: Call, ledger: UsageLedger, end: number): void {
  const { start_time: start, width } = call.body;
  const now = unixSeconds(call.nowMs);
  if (start !== bucketStart(width, start))
    throw new ControlError(
      "invalid_request",
      `start_time is ${start}, and must be the beginning of ${width === "1h" ? "an hour" : "a day"} (UTC), such as ${bucketStart(width, start)}.`,
      { param: "start_time" },
    );
  requireFiles(ledger, call, "start_time", start);
  if (end > now)
    throw new ControlError(
      "invalid_request",
      `start_time is ${start}, and the ${width === "1h" ? "hour" : "day"} is not over.`,
      {
        param: "start_time",
      },
    );
  if (storedWidths(start, now).includes("1h")) return;
  throw new ControlError(
    "invalid_request",
    `start_time is ${start}, and the sums of its hours are deleted already; recount a time of the last 99 days.`,
    { param: "start_time" },
  );
}

/** Counts until no file came meanwhile. */
async function settled(call: Call, ledger: UsageLedger, start: number, end: number): Promise<Found> {
  let filesCounted = 0;
  for (let attempt = 1; ; attempt++) {
    // A segment has the hour in which it began, and events of the next one at most.
    const files = await ledger.files(start - HOUR, end - HOUR);
    const { errors, counted } = await ledger.count(files);
    filesCounted += counted;
    const [error] = errors;
    if (error !== undefined) throw new ControlError("storage_unavailable", `${error.message}; try again.`);
    const found =
      call.body.width === "1h" ? await recountHour(call, ledger, start, files) : await recountDay(ledger, start, end);
    const after = await ledger.files(start - HOUR, end - HOUR);
    if (after.length === files.length) return { ...found, filesCounted };
    if (attempt === ATTEMPTS)
      throw new ControlError(
        "storage_unavailable",
        "Files of events of this time are still coming; try again in a minute.",
      );
  }
}

async function recountHour(
  { isLate, nowMs }: Call,
  ledger: UsageLedger,
  start: number,
  files: readonly string[],
): Promise<Omit<Found, "filesCounted">> {
  const widths = storedWidths(start, unixSeconds(nowMs)).filter((width) => width !== "1d");
  const additions = new UsageAdditions();
  const ids = new Set<string>();
  let repeated = 0;
  let unreadable = 0;
  const isWhole = await ledger.eachFile(files, isLate, (_, bytes) => {
    const segment = readSegment(bytes);
    unreadable += segment.unreadable;
    for (const event of segment.events) {
      if (bucketStart("1h", Date.parse(event.endedAt) / 1000) !== start) continue;
      if (ids.has(event.id)) repeated++;
      else additions.add(event, sumsOf(event), widths);
      ids.add(event.id);
    }
    return false;
  });
  if (!isWhole) throw tooManyFiles(files.length);
  for (const adjustment of await ledger.adjustments(start)) addAdjustment(additions, adjustment, widths);
  const stored = await ledger.stored(widths.flatMap((width) => rangesOf(width, start, start + HOUR)));
  const differences = usageDifferences(additions.inOrder(), stored);
  return { differences, events: ids.size, repeated, unreadable };
}

async function recountDay(ledger: UsageLedger, start: number, end: number): Promise<Omit<Found, "filesCounted">> {
  const hours = await ledger.stored(rangesOf("1h", start, end));
  const stored = await ledger.stored(rangesOf("1d", start, end));
  const differences = usageDifferences(sumsOfDay(hours, start), stored);
  return { differences, events: 0, repeated: 0, unreadable: 0 };
}

function rangesOf(width: UsageWidth, start: number, end: number) {
  return GROUPINGS.flatMap((grouping) => usageRanges({ width, grouping, start, end }));
}
