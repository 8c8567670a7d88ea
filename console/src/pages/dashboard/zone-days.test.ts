import { describe, expect, test } from "vitest";
import { dayOf, hasWholeHours, isZone, startOfDay } from "./zone-days.ts";

const HOUR = 3_600_000;
const nextDay = (day: string) => new Date(Date.parse(day) + 24 * HOUR).toISOString().slice(0, 10);

describe("days of a time zone", () => {
  test("begin at its midnight, in each zone with whole hours, on days of daylight changes too", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    expect(zones.length).toBeGreaterThan(300);
    for (const zone of zones)
      for (const day of ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-25", "2026-11-01", "2026-12-31"]) {
        const start = startOfDay(day, zone);
        if (!hasWholeHours(zone, start) || !hasWholeHours(zone, start - HOUR)) continue;
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

  test("are not those of sums by the hour where hours begin at half past", () => {
    const at = Date.parse("2026-11-30");
    expect(["Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide"].map((zone) => hasWholeHours(zone, at))).toEqual([
      false,
      false,
      false,
    ]);
    expect(hasWholeHours("America/Sao_Paulo", at)).toBe(true);
  });

  test("are of zones that exist", () => {
    expect(["Europe/Berlin", "UTC", "Europe/Atlantis", "", "<script>", 5, undefined].map(isZone)).toEqual([
      ...[true, true],
      ...[false, false, false, false, false],
    ]);
  });
});
