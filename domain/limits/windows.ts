import * as Instant from "temporal-polyfill/fns/Instant";
import * as Zoned from "temporal-polyfill/fns/ZonedDateTime";
import type { LimitWindow } from "../../contracts/limits/use-limit.ts";
import { isTimeZone } from "./time-zone.ts";

/** Windows by the calendar of a time zone, and the one that never ends. */
export type CalendarWindow = Extract<LimitWindow, "day" | "week" | "month" | "lifetime">;

/** One window in time, from its first instant until before its end. */
export interface WindowPeriod {
  /** The same for all gateways, and no other window of the kind and time zone has it: `2026-11-30`, `lifetime`. */
  readonly id: string;
  /** Unix milliseconds; 0 for `lifetime`. */
  readonly startMs: number;
  /** Unix milliseconds at which the next window begins; `Infinity` for `lifetime`. */
  readonly endMs: number;
}

const LIFETIME: WindowPeriod = { id: "lifetime", startMs: 0, endMs: Number.POSITIVE_INFINITY };

/** By time zone and kind, the window of the last call: a request reads no calendar. */
const current = new Map<string, WindowPeriod>();
/** More than all time zones have; names come from stored limits. */
const MAX_KNOWN = 4000;

export function isCalendarWindow(window: LimitWindow): window is CalendarWindow {
  return window === "day" || window === "week" || window === "month" || window === "lifetime";
}

/**
 * The window that an instant is in. Days begin with the first instant that has their date there, weeks on Monday, months
 * on their first day. Windows of a kind follow each other without gap or overlap, also where clocks change at midnight.
 * @param timeZone IANA; one that this runtime doesn't know counts as UTC
 * @param epochMs Unix milliseconds
 */
export function windowAt(window: CalendarWindow, timeZone: string, epochMs: number): WindowPeriod {
  if (window === "lifetime") return LIFETIME;
  const key = `${window} ${timeZone}`;
  const last = current.get(key);
  if (last !== undefined && epochMs >= last.startMs && epochMs < last.endMs) return last;
  const period = calendarPeriod(window, isTimeZone(timeZone) ? timeZone : "UTC", Math.floor(epochMs));
  if (current.size >= MAX_KNOWN) current.clear();
  current.set(key, period);
  return period;
}

/**
 * When the window of an instant ends, by the clock of its time zone, as in `2026-12-01T00:00:00+01:00`.
 * @returns undefined for the window that never ends
 */
export function windowEnd(window: CalendarWindow, timeZone: string, epochMs: number): string | undefined {
  const { endMs } = windowAt(window, timeZone, epochMs);
  if (endMs === Number.POSITIVE_INFINITY) return undefined;
  const end = Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(endMs), isTimeZone(timeZone) ? timeZone : "UTC");
  return Zoned.toString(end, { timeZoneName: "never" });
}

type Days = Exclude<CalendarWindow, "lifetime">;

function calendarPeriod(window: Days, timeZone: string, epochMs: number): WindowPeriod {
  let start = firstInstant(window, Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(epochMs), timeZone));
  let next = following(window, start);
  // Where clocks go back across midnight, a date comes twice: its second hours belong to the window that has begun.
  while (next.epochMilliseconds <= epochMs) {
    start = next;
    next = following(window, start);
  }
  return { id: idOf(window, start), startMs: start.epochMilliseconds, endMs: next.epochMilliseconds };
}

function firstInstant(window: Days, at: Zoned.Record): Zoned.Record {
  if (window === "month") return Zoned.startOfMonth(at);
  return window === "week" ? Zoned.startOfWeek(at) : Zoned.startOfDay(at);
}

/** The start of the window after one that begins at `start`. */
function following(window: Days, start: Zoned.Record): Zoned.Record {
  if (window === "month") return Zoned.startOfMonth(Zoned.addMonths(start, 1));
  return Zoned.startOfDay(Zoned.addDays(start, window === "week" ? 7 : 1));
}

function idOf(window: Days, start: Zoned.Record): string {
  const date = Zoned.toString(start).slice(0, 10);
  return window === "month" ? date.slice(0, 7) : date;
}
