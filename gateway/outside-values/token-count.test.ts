import { expect, test } from "vitest";
import { countOf } from "./token-count.ts";

test("whole numbers from 0 to a billion are counts", () => {
  for (const value of [0, 1, 1_000_000_000]) expect(countOf(value)).toBe(value);
});

test.each([Number.POSITIVE_INFINITY, Number.NaN, 1e300, 1_000_000_001, -1, 1.5, "5", null, undefined])(
  "%s is no count",
  (value) => {
    expect(countOf(value)).toBeUndefined();
  },
);
