import { expect, test } from "vitest";
import { hasTooManyFields } from "./field-count.ts";

const LIMIT = 30_000;
const check = (text: string) => hasTooManyFields(Buffer.from(text));
const fields = (count: number, pair: (index: number) => string) =>
  `{${Array.from({ length: count }, (_, at) => pair(at)).join(",")}}`;

test.each([
  ["plain", (at: number) => `"k${at}":1`],
  ["with blanks before the colon", (at: number) => `"k${at}"  :1`],
  ["with names that end in a backslash", (at: number) => String.raw`"k${at}\\":1`],
  ["with names that have a quote", (at: number) => String.raw`"\"k${at}":1`],
])("fields %s are counted", (_how, pair) => {
  expect(check(fields(LIMIT, pair))).toBe(false);
  expect(check(fields(LIMIT + 1, pair))).toBe(true);
});

test("colons in texts are no fields, also in a text that never ends", () => {
  expect(check(JSON.stringify({ a: '{"b":1,\\"'.repeat(100_000) }))).toBe(false);
  expect(check(`"${":".repeat(1_000_000)}`)).toBe(false);
});

test("the end of a text is found behind any number of escaped quotes and backslashes", () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, at) => `"k${at}":1`).join(",");
  for (let count = 2040; count < 2056; count++)
    for (const tail of ["", "a", "\\", '"', '\\"', "a\\\\"]) {
      const text = JSON.stringify('"'.repeat(count) + tail);
      expect(check(`{"a":${text},${pairs(LIMIT - 1)}}`)).toBe(false);
      expect(check(`{"a":${text},${pairs(LIMIT)}}`)).toBe(true);
    }
});
