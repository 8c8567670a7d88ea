import { expect, test } from "vitest";
import { decimalText, plainDecimal } from "./decimal-text.ts";

test.each([
  ["12.5", "en", "12.5"],
  ["12,5", "de", "12.5"],
  [" 12,5 ", "en", "12.5"],
  ["12.5", "de", "12.5"],
  ["1.234", "en", "1.234"],
  ["1,234", "de", "1.234"],
  ["0,000000012", "de", "0.000000012"],
  ["1000", "de", "1000"],
  // One or a thousand: the language has the other separator for decimals.
  ["1,000", "en", undefined],
  ["1.000", "de", undefined],
  ["1,000.5", "en", undefined],
  ["-1", "en", undefined],
  ["1e3", "en", undefined],
  [",5", "de", undefined],
  ["5,", "de", undefined],
  ["", "en", undefined],
])("%j on a page in %s is the number %j", (text, language, expected) => {
  expect(plainDecimal(text, language)).toBe(expected);
});

test("a number is written as it is read in the language", () => {
  expect(decimalText(12.125, "de")).toBe("12,125");
  expect(plainDecimal(decimalText(12.125, "de"), "de")).toBe("12.125");
  expect(decimalText(12.125, "en")).toBe("12.125");
});
