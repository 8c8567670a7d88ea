import { expect, test } from "vitest";
import { isSortKey } from "./sort-key.ts";

test.each([
  ["a", true],
  ["a".repeat(1024), true],
  ["é".repeat(512), true],
  ["", false],
  ["a".repeat(1025), false],
  ["é".repeat(513), false],
])("a sort key has 1 to 1,024 bytes, case %#", (text, is) => {
  expect(isSortKey(text)).toBe(is);
});
