import { describe, expect, test } from "vitest";
import { covers, waiverProblem } from "./waiver.ts";

const waiver = { rule: "r", resource: "site/Site/Bucket/Default", reason: "Built again.", until: "2026-07-31" };

describe("a waiver", () => {
  test("covers its resource in every environment, under its rule", () => {
    expect(covers(waiver, "r", "dev-site/Site/Bucket/Default")).toBe(true);
    expect(covers(waiver, "r", "my-dev-site/Site/Bucket/Default")).toBe(true);
    expect(covers(waiver, "other", "dev-site/Site/Bucket/Default")).toBe(false);
    expect(covers(waiver, "r", "dev-site/Site/Bucket")).toBe(false);
    expect(covers(waiver, "r", "dev-opposite/Site/Bucket/Default")).toBe(false);
  });

  test("holds through its last day", () => {
    expect(waiverProblem(waiver, "2026-07-31")).toBeUndefined();
    expect(waiverProblem(waiver, "2026-08-01")).toMatch(/ended on 2026-07-31; put the resource right/);
  });

  test("needs a reason and a date", () => {
    expect(waiverProblem({ ...waiver, reason: " " }, "2026-01-01")).toMatch(/no reason/);
    expect(waiverProblem({ ...waiver, until: "next year" }, "2026-01-01")).toMatch(/"next year"; write YYYY-MM-DD/);
  });
});
