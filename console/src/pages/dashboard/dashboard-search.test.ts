import { describe, expect, test } from "vitest";
import { dashboardSearch, lastDays, monthRange, rangeOf, secondsOf } from "./dashboard-search.ts";

const NOW = Date.parse("2026-03-01T00:30:00Z");

describe("the dashboard's address", () => {
  test("keeps range, grouping and project", () => {
    const search = { from: "2026-01-01", to: "2026-01-31", by: "user", of: "project" };
    expect(dashboardSearch(search)).toEqual(search);
  });

  test.each([
    [{ from: "2026-02-31", to: "2026-03-01" }],
    [{ from: "2026-03-02", to: "2026-03-01" }],
    [{ from: "2024-01-01", to: "2026-01-01" }],
    [{ from: "2026-01-01" }],
    [{ by: "colour", of: "all", from: 1, to: null }],
  ])("with %j shows the last 30 days by model", (search) => {
    expect(dashboardSearch(search)).toEqual({});
    expect(rangeOf({}, NOW)).toEqual({ from: "2026-01-31", to: "2026-03-01" });
  });

  test("has ranges of whole days in UTC, the last one with them", () => {
    expect(lastDays(7, NOW)).toEqual({ from: "2026-02-23", to: "2026-03-01" });
    expect(monthRange("this", NOW)).toEqual({ from: "2026-03-01", to: "2026-03-01" });
    expect(monthRange("last", NOW)).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(secondsOf({ from: "2026-03-01", to: "2026-03-01" })).toEqual({
      start_time: NOW / 1000 - 1800,
      end_time: NOW / 1000 - 1800 + 86_400,
    });
  });
});
