import { expect, test } from "vitest";
import { valueText } from "./shortened.ts";

test.each([
  ["1e400", "a number over 1.8e308"],
  ["-1e400", "a number below -1.8e308"],
  ["1e300", "1e+300"],
  ["null", "null"],
  ['"a"', '"a"'],
  ["[1]", "[1]"],
])("%s is shown as %s", (json, text) => expect(valueText(JSON.parse(json))).toBe(text));

test("what JSON has no text for is not shown as null", () => {
  expect(valueText(undefined)).toBe("nothing");
  expect(valueText(Number.NaN)).toBe("NaN");
});
