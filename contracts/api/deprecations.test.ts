import { describe, expect, test } from "vitest";
import { OPERATIONS } from "../openapi/operations.ts";
import { DEPRECATIONS, type Deprecation, deprecationHeaders } from "./deprecations.ts";

const old: Deprecation = {
  path: "/v1/old",
  since: "2026-01-01",
  link: "https://example.com/new",
  replacement: "/v1/new",
};

describe("headers of a deprecated path or field", () => {
  test("Deprecation is a date of structured fields, Link names the page", () => {
    expect(deprecationHeaders([old])).toEqual({
      deprecation: "@1767225600",
      link: '<https://example.com/new>; rel="deprecation"; type="text/html"',
    });
  });

  test("with several, the earliest dates are used, and each page is named once", () => {
    const later = { ...old, since: "2026-03-01", sunset: "2027-02-28" };
    const other = { ...old, sunset: "2027-01-31", link: "https://example.com/other" };
    expect(deprecationHeaders([old, later, other])).toEqual({
      deprecation: "@1767225600",
      sunset: "Sun, 31 Jan 2027 23:59:59 GMT",
      link: '<https://example.com/new>; rel="deprecation"; type="text/html", <https://example.com/other>; rel="deprecation"; type="text/html"',
    });
  });

  test("a request without deprecated paths or fields gets none", () => {
    expect(deprecationHeaders([])).toEqual({});
  });
});

describe("the table", () => {
  test.each(DEPRECATIONS)("$path $field is on a path of the API, and its dates are valid and in order", (entry) => {
    const { path, since, sunset } = entry;
    expect(OPERATIONS.map((operation) => operation.path)).toContain(path);
    for (const day of [since, ...(sunset === undefined ? [] : [sunset])])
      expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
    if (sunset !== undefined) expect(since < sunset).toBe(true);
  });
});
