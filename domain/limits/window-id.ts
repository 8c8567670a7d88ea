import { isTimeZone } from "./time-zone.ts";
import type { CalendarWindow } from "./windows.ts";

const DAY_MS = 86_400_000;
/** Characters of a date that name its month. */
const MONTH = 7;

/**
 * The id of the window that an instant is in, as `windowAt` has it, without a calendar's code, which takes 11 KiB of a function's bundle.
 * @param timeZone IANA; one that this runtime doesn't know counts as UTC
 */
export function windowId(window: CalendarWindow, timeZone: string, epochMs: number): string {
  if (window === "lifetime") return "lifetime";
  const date = dateIn(isTimeZone(timeZone) ? timeZone : "UTC", epochMs);
  if (window === "month") return date.slice(0, MONTH);
  if (window === "day") return date;
  const midnight = Date.parse(date);
  const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7;
  return new Date(midnight - sinceMonday * DAY_MS).toISOString().slice(0, date.length);
}

/** The date there, `2026-11-30`. */
function dateIn(timeZone: string, epochMs: number): string {
  const format = new Intl.DateTimeFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const parts = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}
