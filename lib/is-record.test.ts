import { expect, test } from "vitest";
import { isRecord } from "./is-record.ts";

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  [undefined, false],
  ["text", false],
  [1, false],
])("%j is a record: %j", (value, expected) => {
  expect(isRecord(value)).toBe(expected);
});
