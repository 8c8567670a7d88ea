import { dayOf, isZone, startOfDay, timeOfStart } from "./zone-days.ts";

/** By what the dashboard's figures are grouped. */
export const GROUPINGS = ["model", "key", "user", "project"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What the dashboard shows; it stands in the address. */
export interface DashboardSearch {
  /** First and last day, in the zone, as `2026-11-29`. @default - the last 30 days */
  readonly from?: string;
  readonly to?: string;
  /** @default model */
  readonly by?: Grouping;
  /** `project`: the chosen project's usage alone. @default - that of all projects */
  readonly of?: "project";
  /** IANA name of the time zone of the days. @default - UTC */
  readonly zone?: string;
}

/** Days from the first to the last, both with them. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** Most days of a range. */
export const MAX_DAYS = 366;

/** Reads the query; what is no value of a filter is left out. */
export function dashboardSearch(search: Readonly<Record<string, unknown>>): DashboardSearch {
  const { from, to } = search;
  const by = GROUPINGS.find((grouping) => grouping === search.by);
  return {
    ...(isDay(from) && isDay(to) && isRange({ from, to }) ? { from, to } : {}),
    ...(by === undefined || by === "model" ? {} : { by }),
    ...(search.of === "project" ? { of: "project" } : {}),
    ...(isZone(search.zone) && search.zone !== "UTC" ? { zone: search.zone } : {}),
  };
}

export function rangeOf({ from, to, zone }: DashboardSearch, nowMs: number): DayRange {
  return from !== undefined && to !== undefined ? { from, to } : lastDays(DEFAULT_DAYS, nowMs, zone);
}

/** Sums by the hour are stored for 99 days; the first of them may have begun. */
const HOURLY_DAYS = 98;

/** Whether a range can be shown in days of a zone: sums by the hour are added up for it. */
export function isZoned({ from }: DayRange, zone: string, nowMs: number): boolean {
  return startOfDay(from, zone) >= nowMs - HOURLY_DAYS * DAY_MS;
}

/** At which time the days of a range begin, as `00:30`, where hours of UTC do not begin at the zone's midnight. */
export function lateStart({ from, to }: DayRange, zone: string): string | undefined {
  // Of the day that ends the range, too: on Lord Howe Island clocks go forward by half an hour.
  return [from, to].map((day) => timeOfStart(day, zone)).find((time) => !time.endsWith(":00"));
}

/** Today and the days before it. */
export function lastDays(count: number, nowMs: number, zone?: string): DayRange {
  const to = dayOf(nowMs, zone);
  return { from: dayOf(Date.parse(to) - (count - 1) * DAY_MS), to };
}

/** This month so far, or the whole one before. */
export function monthRange(which: "this" | "last", nowMs: number, zone?: string): DayRange {
  const today = dayOf(nowMs, zone);
  const first = Date.parse(`${today.slice(0, 7)}-01`);
  if (which === "this") return { from: dayOf(first), to: today };
  const lastDay = dayOf(first - DAY_MS);
  return { from: `${lastDay.slice(0, 7)}-01`, to: lastDay };
}

/** Whether a range goes forward and is not too long. */
export function isRange({ from, to }: DayRange): boolean {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return days >= 1 && days <= MAX_DAYS;
}

/** Unix seconds of the first instant, and of the one after the last. */
export function secondsOf(
  { from, to }: DayRange,
  zone?: string,
): { readonly start_time: number; readonly end_time: number } {
  const after = dayOf(Date.parse(to) + DAY_MS);
  return { start_time: startOfDay(from, zone) / 1000, end_time: startOfDay(after, zone) / 1000 };
}

function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !/^20\d\d-\d\d-\d\d$/.test(value)) return false;
  const ms = Date.parse(value);
  // `2026-02-31` is no day, though some engines read it as one.
  return !Number.isNaN(ms) && dayOf(ms) === value;
}
