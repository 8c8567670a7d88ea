import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { type CalendarWindow, windowAt } from "./windows.ts";

const FIRST_YEAR = 2017;
const LAST_YEAR = 2027;
const HOUR = 3_600_000;
const instantOf = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

/** Instants at which the offset of a time zone changes, by the Temporal standard's own function. */
function offsetChanges(timeZone: string): readonly number[] {
  const changes: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from(`${FIRST_YEAR}-01-01T00:00[${timeZone}]`);
  while (at !== null && at.year < LAST_YEAR) {
    at = at.getTimeZoneTransition("next");
    if (at !== null) changes.push(at.epochMilliseconds);
  }
  return changes;
}

/** What Intl, which shares no code with Temporal, takes for the local date. */
function dateReader(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (epochMs) => format.format(epochMs);
}

const zones = Intl.supportedValuesOf("timeZone");

describe("windows by the calendar", () => {
  // documented: windows-in-all-time-zones
  test("hold their instant, follow each other without gap and begin with the local date, in all time zones at all clock changes", () => {
    let checked = 0;
    for (const [index, zone] of zones.entries()) {
      const dateAt = dateReader(zone);
      const changes = offsetChanges(zone);
      const usual = instantOf(`${FIRST_YEAR + (index % 10)}-03-0${1 + (index % 9)}T11:59:59Z`);
      // Each zone has some of its changes, so that together all kinds and years are met.
      for (const change of [usual, ...changes.filter((_, at) => (at + index) % 5 === 0)])
        for (const window of ["day", "week", "month"] as const) {
          const period = windowAt(window, zone, change);
          expect(period.startMs, `${zone} ${window}`).toBeLessThanOrEqual(change);
          expect(period.endMs, `${zone} ${window}`).toBeGreaterThan(change);
          expect(windowAt(window, zone, period.startMs)).toEqual(period);
          expect(windowAt(window, zone, period.endMs - 1)).toEqual(period);
          expect(windowAt(window, zone, period.endMs).startMs, zone).toBe(period.endMs);
          expect(windowAt(window, zone, period.startMs - 1).endMs, zone).toBe(period.startMs);
          expect(dateAt(period.startMs).slice(0, period.id.length), `${zone} ${window}`).toBe(period.id);
          checked++;
        }
    }
    expect(zones.length).toBeGreaterThan(400);
    expect(checked).toBeGreaterThan(3 * zones.length);
  });

  test.each<[CalendarWindow, string, string, string, string, string]>([
    ["day", "UTC", "2026-11-29T23:59:59.999Z", "2026-11-29", "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z"],
    ["week", "UTC", "2026-11-29T12:00:00Z", "2026-11-23", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"],
    ["month", "UTC", "2028-02-29T12:00:00Z", "2028-02", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
    // 23 and 25 hours
    ["day", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
    ["day", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    // Midnight doesn't exist: clocks go from 23:59 to 01:00.
    ["day", "Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"],
    // Midnight comes twice: clocks go from 01:00 to 00:00.
    ["day", "America/Havana", "2026-11-01T12:00:00Z", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    // 30 minutes, and an offset of 45
    [
      "day",
      "Australia/Lord_Howe",
      "2026-10-04T00:00:00Z",
      "2026-10-04",
      "2026-10-03T13:30:00Z",
      "2026-10-04T13:00:00Z",
    ],
    ["month", "Asia/Kathmandu", "2026-11-30T18:15:00Z", "2026-12", "2026-11-30T18:15:00Z", "2026-12-31T18:15:00Z"],
    // Samoa had no 30th of December in 2011.
    ["day", "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"],
    ["day", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"],
    ["day", "Mars/Olympus", "2026-11-29T12:00:00Z", "2026-11-29", "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z"],
  ])("%s in %s at %s", (window, zone, at, id, start, end) => {
    expect(windowAt(window, zone, instantOf(at))).toEqual({ id, startMs: instantOf(start), endMs: instantOf(end) });
  });

  test("an hour that comes again after midnight belongs to the day that has begun", () => {
    // Goose Bay's clocks went from 00:01 of the 7th of November 2010 back to 23:01 of the 6th.
    const zone = "America/Goose_Bay";
    const midnight = instantOf("2010-11-07T03:00:00Z");
    const ids = [-1, 0, 30_000, 60_000, HOUR, 2 * HOUR].map((after) => windowAt("day", zone, midnight + after).id);
    expect(ids).toEqual(["2010-11-06", ...Array.from({ length: 5 }, () => "2010-11-07")]);
  });

  test("a lifetime never ends", () => {
    const lifetime = { id: "lifetime", startMs: 0, endMs: Number.POSITIVE_INFINITY };
    expect(windowAt("lifetime", "UTC", instantOf("2026-11-29T12:00:00Z"))).toEqual(lifetime);
  });
});
