import { describe, expect, test } from "vitest";
import { newId } from "./ids.ts";

describe("ids of the control API", () => {
  test("have their kind's prefix and 25 characters", () => {
    expect(newId("project", 1_790_000_000_000)).toMatch(/^proj_[0-9a-z]{25}$/);
  });

  test("sort by the millisecond in which they were made", () => {
    const times = [0, 31, 32, 1_790_000_000_000, 1_790_000_000_001, 2 ** 44];
    const ids = times.map((ms) => newId("event", ms));
    expect(ids.toSorted()).toEqual(ids);
  });

  test("of one millisecond differ", () => {
    expect(new Set(Array.from({ length: 1000 }, () => newId("user", 1))).size).toBe(1000);
  });
});
