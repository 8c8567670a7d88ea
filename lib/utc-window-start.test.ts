import { expect, test } from "vitest";
import { utcWindowStart } from "./utc-window-start.ts";

const seconds = (date: string) => Date.parse(date) / 1000;

test.each([
  ["day", "2026-11-29T23:59:59Z", "2026-11-29"],
  ["week", "2026-11-29T23:59:59Z", "2026-11-23"],
  ["week", "2026-11-30T00:00:00Z", "2026-11-30"],
  ["month", "2026-11-29T12:00:00Z", "2026-11-01"],
])("the %s of %s began on %s", (window, now, start) => {
  expect(utcWindowStart(window, Date.parse(now))).toBe(seconds(start));
});

test("other windows have no such start", () => {
  expect(utcWindowStart("lifetime", 0)).toBeUndefined();
});
