import { randomUUID } from "node:crypto";
import type { CostShare } from "../../../../contracts/usage/amortised-cost.ts";
import { RECOUNT_SECONDS, type RecountWidth } from "../../../../contracts/usage/corrections.ts";
import {
  USAGE_GROUPINGS,
  USAGE_STORED_SECONDS,
  type UsageGrouping,
  type UsageWidth,
} from "../../../../contracts/usage/usage-counter.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { addAdjustment, storedWidths } from "../../../../domain/usage/adjustments.ts";
import { addShares, amortisedAdditions } from "../../../../domain/usage/amortised-cost.ts";
import { segmentBegan, segmentOf } from "../../../../domain/usage/segment-names.ts";
import {
  missingInTotal,
  shownDifference,
  sumsOfBucket,
  type UsageDifference,
  usageDifferences,
} from "../../../../domain/usage/usage-differences.ts";
import { bucketStart, readUsageKey } from "../../../../domain/usage/usage-keys.ts";
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

/** A time, and what its sums are made of beside adjustments. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Files that may have an event of it. */
  readonly files: readonly string[];
  /** Of an hour: what its requests have of the costs of pools. */
  readonly shares: readonly CostShare[];
}

const NAMES: Readonly<Record<RecountWidth, string>> = { "5m": "five minutes", "1h": "an hour", "1d": "a day" };
const DAY = 86_400;
/** A gateway's segment is closed after 15 minutes at most (`usage.fileSeconds`); some more for one that is slow. */
const SEGMENT_SECONDS = 1200;
const GROUPINGS = Object.keys(USAGE_GROUPINGS) as readonly UsageGrouping[];
/** Differences of one response: a load balancer takes at most 1 MB of a function. */
const MAX_SHOWN = 100;
/** Usage that comes while it is counted: then it is counted anew. */
const ATTEMPTS = 3;

/**
 * Compares the sums of an hour, or of five minutes, with its events and adjustments, those of a day with those of its hours, or
 * those of an hour with those of its minutes. Files that were not
 * counted are counted first, as the schedule would; with `apply` the differences are added to the sums. Repeated, it goes
 * on with what is still different.
 */
export const createUsageRecount: ControlHandler<"createUsageRecount"> = async (call) => {
  const ledger = ledgerOf(call);
  const { body, nowMs } = call;
  const { width, start_time: start } = body;
  const end = start + RECOUNT_SECONDS[width];
  requireRecountable(call, ledger, end);
  const found = await settled(call, ledger, start, end);
  const { differences } = found;
  const missing = missingInTotal(differences, width === "5m" ? "1m" : width);
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
  const { start_time: start, width, from } = call.body;
  const now = unixSeconds(call.nowMs);
  const refuse = (problem: string, param: "start_time" | "from" = "start_time") =>
    new ControlError("invalid_request", param === "from" ? problem : `start_time is ${start}, and ${problem}`, {
      param,
    });
  const name = NAMES[width];
  const seconds = RECOUNT_SECONDS[width];
  if (start % seconds !== 0)
    throw refuse(`must be the beginning of ${name} (UTC), such as ${start - (start % seconds)}.`);
  if (from === "minutes" && width !== "1h")
    throw refuse("from is minutes, which width 1h alone has; leave it out.", "from");
  requireFiles(ledger, call, "start_time", start);
  if (end > now)
    throw refuse(width === "5m" ? "the five minutes are not over." : `${name.replace(/^an? /, "the ")} is not over.`);
  const stored = storedWidths(start, now);
  if (!stored.includes("1h"))
    throw refuse("the sums of its hours are deleted already; recount a time of the last 99 days.");
  if ((width === "5m" || from === "minutes") && !stored.includes("1m"))
    throw refuse("the sums of its minutes are deleted already; recount hours from events (width 1h).");
}

/** Counts until no file came meanwhile. */
async function settled(call: Call, ledger: UsageLedger, start: number, end: number): Promise<Found> {
  let filesCounted = 0;
  const list = () => filesOf(call, ledger, start, end);
  for (let attempt = 1; ; attempt++) {
    const files = await list();
    const { errors, counted, left } = await ledger.count(files, call.isLate);
    filesCounted += counted;
    const [error] = errors;
    if (error !== undefined) throw new ControlError("storage_unavailable", `${error.message}; try again.`);
    if (left > 0)
      throw new ControlError(
        "storage_unavailable",
        `${counted} files of events of this time were not counted and are now, and ${left} are not yet; try again.`,
      );
    const hours = [bucketStart("1h", start), bucketStart("1h", end + HOUR - 1)] as const;
    const shares = await ledger.costShares(...hours);
    const found = await foundIn(call, ledger, { start, end, files, shares: shares.get(start) ?? [] });
    const after = await list();
    const sharesAfter = await ledger.costShares(...hours);
    if (after.length === files.length && sharesAfter.size === shares.size) return { ...found, filesCounted };
    if (attempt === ATTEMPTS)
      throw new ControlError(
        "storage_unavailable",
        "Files of events of this time are still coming; try again in a minute.",
      );
  }
}

/** Files that may have an event of a time. */
async function filesOf({ body: { width } }: Call, ledger: UsageLedger, start: number, end: number) {
  // A segment has the hour in which it began, and events of the next one at most.
  const files = await ledger.files(bucketStart("1h", start) - HOUR, bucketStart("1h", end - 1));
  if (width !== "5m") return files;
  // One of a gateway lasts 15 minutes at most. One that was made of an archive begins with its hour.
  return files.filter((key) => {
    const began = segmentBegan(segmentOf(key)) ?? start;
    return began % HOUR === 0 || (began >= start - SEGMENT_SECONDS && began < end);
  });
}

function foundIn(call: Call, ledger: UsageLedger, span: Span): Promise<Omit<Found, "filesCounted">> {
  const { width, from } = call.body;
  if (width === "1d") return recountBucket(ledger, span, "1h", "1d");
  return from === "minutes" ? recountBucket(ledger, span, "1m", "1h") : recountEvents(call, ledger, span);
}

/** Compares the sums of minutes, and of the hour where the span is one, with events, adjustments and costs. */
async function recountEvents(
  { body, isLate, nowMs }: Call,
  ledger: UsageLedger,
  { start, end, files, shares }: Span,
): Promise<Omit<Found, "filesCounted">> {
  const ofSpan: readonly UsageWidth[] = body.width === "5m" ? ["1m"] : ["1m", "1h"];
  const widths = storedWidths(start, unixSeconds(nowMs)).filter((width) => ofSpan.includes(width));
  const additions = new UsageAdditions();
  const ids = new Set<string>();
  let repeated = 0;
  let unreadable = 0;
  const isWanted = body.width === "5m" ? linesBetween(start, end) : undefined;
  const isIn = (endedAt: string) => {
    const seconds = Date.parse(endedAt) / 1000;
    return seconds >= start && seconds < end;
  };
  const isWhole = await ledger.eachFile(files, isLate, (_, bytes) => {
    const segment = readSegment(bytes, isWanted);
    unreadable += segment.unreadable;
    for (const event of segment.events) {
      if (!isIn(event.endedAt)) continue;
      if (ids.has(event.id)) repeated++;
      else additions.add(event, sumsOf(event), widths);
      ids.add(event.id);
    }
    return false;
  });
  if (!isWhole && body.width === "5m") throw tooManyFiles(files.length);
  if (!isWhole) throw widths.includes("1m") ? tooManyEvents() : tooManyOldEvents(start);
  for (const adjustment of await ledger.adjustments(start))
    if (isIn(adjustment.event.endedAt)) addAdjustment(additions, adjustment, widths);
  addShares(additions, shares, start, widths);
  const stored = await ledger.stored(widths.flatMap((width) => rangesOf(width, start, end)));
  const differences = usageDifferences(additions.inOrder(), stored);
  return { differences, events: ids.size, repeated, unreadable };
}

/** Whether a line may have an event of a time, by the minute in which it ended. Others are of the hour's first minutes. */
function linesBetween(start: number, end: number): (line: string) => boolean {
  const [first, last] = [start, end].map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 16));
  const isFirst = start % HOUR === 0;
  return (line) => {
    const [, minute] = /"endedAt":"(\d{4}-\d\d-\d\dT\d\d:\d\d)/.exec(line) ?? [];
    return minute === undefined ? isFirst : minute >= (first ?? "") && minute < (last ?? "");
  };
}

/** Compares the sums of a bucket with those of the narrower ones in it, and with costs, one grouping at a time. */
async function recountBucket(
  ledger: UsageLedger,
  { start, end, shares }: Span,
  of: UsageWidth,
  width: UsageWidth,
): Promise<Omit<Found, "filesCounted">> {
  const costs = width === "1h" ? amortisedAdditions(shares, start) : [];
  const differences: UsageDifference[] = [];
  for (const grouping of GROUPINGS) {
    const parts = await ledger.stored(usageRanges({ width: of, grouping, start, end }));
    const stored = await ledger.stored(usageRanges({ width, grouping, start, end }));
    const added = costs.filter((cost) => {
      const key = readUsageKey(cost);
      return key?.width === width && key.grouping === grouping;
    });
    differences.push(...usageDifferences(sumsOfBucket([...parts, ...added], width, start), stored));
  }
  return { differences, events: 0, repeated: 0, unreadable: 0 };
}

function tooManyEvents(): ControlError {
  return new ControlError(
    "invalid_request",
    "width is 1h, and the hour has more events than one request can read; recount each of its five minutes (width 5m), then the hour with from=minutes, as `sluice usage recount` does.",
    { param: "width" },
  );
}

/** Minutes are what the parts of a large hour are compared with. */
function tooManyOldEvents(start: number): ControlError {
  const days = (USAGE_STORED_SECONDS["1m"] ?? 0) / DAY;
  return new ControlError(
    "invalid_request",
    `start_time is ${start}, and the hour has more events than one request can read. Such an hour is recounted in parts, by the sums of its minutes, which are deleted after ${days} days: sum its events with Athena or from their files (docs/usage.md), and recount large hours within ${days} days.`,
    { param: "start_time" },
  );
}

function rangesOf(width: UsageWidth, start: number, end: number) {
  return GROUPINGS.flatMap((grouping) => usageRanges({ width, grouping, start, end }));
}
