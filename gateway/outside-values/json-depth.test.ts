import { expect, test } from "vitest";
import { tooDeepField } from "./json-depth.ts";

const nested = (levels: number) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

test("64 levels are allowed, the object around them counted, and 65 are not", () => {
  expect(tooDeepField({ a: nested(63) })).toBeUndefined();
  expect(tooDeepField({ a: 1, b: nested(64) })).toBe("b");
});

test("a hundred thousand levels are found without an overflow of the stack", () => {
  expect(tooDeepField({ a: nested(100_000) })).toBe("a");
});

test("values that are no containers have no depth", () => {
  for (const value of [null, 1, "a", undefined, {}]) expect(tooDeepField(value)).toBeUndefined();
});
