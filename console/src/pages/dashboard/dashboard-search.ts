/** By what the dashboard's figures are grouped. */
export const GROUPINGS = ["model", "key", "user", "project"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What the dashboard shows; it stands in the address. */
export interface DashboardSearch {
  /** First and last day, in UTC, as `2026-11-29`. @default - the last 30 days */
  readonly from?: string;
  readonly to?: string;
  /** @default model */
  readonly by?: Grouping;
  /** `project`: the chosen project's usage alone. @default - that of all projects */
  readonly of?: "project";
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
  };
}

export function rangeOf({ from, to }: DashboardSearch, nowMs: number): DayRange {
  return from !== undefined && to !== undefined ? { from, to } : lastDays(DEFAULT_DAYS, nowMs);
}

/** Today and the days before it. */
export function lastDays(count: number, nowMs: number): DayRange {
  return { from: dayOf(nowMs - (count - 1) * DAY_MS), to: dayOf(nowMs) };
}

/** This month so far, or the whole one before. */
export function monthRange(which: "this" | "last", nowMs: number): DayRange {
  const first = Date.parse(`${dayOf(nowMs).slice(0, 7)}-01`);
  if (which === "this") return { from: dayOf(first), to: dayOf(nowMs) };
  const lastDay = dayOf(first - DAY_MS);
  return { from: `${lastDay.slice(0, 7)}-01`, to: lastDay };
}

/** Whether a range goes forward and is not too long. */
export function isRange({ from, to }: DayRange): boolean {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return days >= 1 && days <= MAX_DAYS;
}

/** Unix seconds of the first instant, and of the one after the last. */
export function secondsOf({ from, to }: DayRange): { readonly start_time: number; readonly end_time: number } {
  return { start_time: Date.parse(from) / 1000, end_time: (Date.parse(to) + DAY_MS) / 1000 };
}

/** The day in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !/^20\d\d-\d\d-\d\d$/.test(value)) return false;
  const ms = Date.parse(value);
  // `2026-02-31` is no day, though some engines read it as one.
  return !Number.isNaN(ms) && dayOf(ms) === value;
}
