import { expect, test } from "vitest";
import { withoutEnd } from "./without-end.ts";

test.each([
  ["a/b//", "/", "a/b"],
  ["3.,:", ".,:", "3"],
  ["...", ".", ""],
  ["a.b", ".", "a.b"],
  ["", "/", ""],
])("%j without %j at its end is %j", (text, characters, rest) => {
  expect(withoutEnd(text, characters)).toBe(rest);
});
