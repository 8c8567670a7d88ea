import { describe, expect, test } from "vitest";
import { dayOf, isZone, startOfDay, timeOfStart } from "./zone-days.ts";

const HOUR = 3_600_000;
const nextDay = (day: string) => new Date(Date.parse(day) + 24 * HOUR).toISOString().slice(0, 10);

describe("days of a time zone", () => {
  test("begin with the first hour of UTC that begins in them, in each zone, on days of daylight changes too", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    expect(zones.length).toBeGreaterThan(300);
    for (const zone of zones)
      for (const day of ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-25", "2026-11-01", "2026-12-31"]) {
        const start = startOfDay(day, zone);
        expect(dayOf(start, zone), `${zone} ${day}`).toBe(day);
        expect(nextDay(dayOf(start - HOUR, zone)), `${zone} ${day}`).toBe(day);
      }
  });

  test.each([
    ["Europe/Berlin", "2026-03-29", 23],
    ["Europe/Berlin", "2026-10-25", 25],
    ["America/New_York", "2026-11-01", 25],
    ["Asia/Tokyo", "2026-03-29", 24],
    // Clocks go forward at midnight: the day begins at one.
    ["Africa/Cairo", "2026-04-24", 23],
    ["UTC", "2026-03-29", 24],
  ])("in %s %s has %i hours", (zone, day, hours) => {
    expect((startOfDay(nextDay(day), zone) - startOfDay(day, zone)) / HOUR).toBe(hours);
  });

  // documented: half-hour-days
  test.each([
    ["Asia/Kolkata", "2026-11-30", "00:30", "2026-11-29T19:00:00.000Z"],
    ["Asia/Kathmandu", "2026-11-30", "00:45", "2026-11-29T19:00:00.000Z"],
    ["Australia/Adelaide", "2026-11-30", "00:30", "2026-11-29T14:00:00.000Z"],
    ["Australia/Adelaide", "2026-06-30", "00:30", "2026-06-29T15:00:00.000Z"],
    ["America/St_Johns", "2026-11-30", "00:30", "2026-11-30T04:00:00.000Z"],
    ["America/Sao_Paulo", "2026-11-30", "00:00", "2026-11-30T03:00:00.000Z"],
    ["Africa/Cairo", "2026-04-24", "01:00", "2026-04-23T22:00:00.000Z"],
    ["UTC", "2026-11-30", "00:00", "2026-11-30T00:00:00.000Z"],
  ])("of %s on %s are counted from %s, which is %s", (zone, day, time, start) => {
    expect([timeOfStart(day, zone), new Date(startOfDay(day, zone)).toISOString()]).toEqual([time, start]);
  });

  test("are of zones that exist", () => {
    expect(["Europe/Berlin", "UTC", "Europe/Atlantis", "", "<script>", 5, undefined].map(isZone)).toEqual([
      ...[true, true],
      ...[false, false, false, false, false],
    ]);
  });
});
