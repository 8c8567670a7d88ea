import { expect, test } from "vitest";
import { addressRanges } from "./address-ranges.ts";

test.each([
  ["203.0.113.7", true],
  ["203.0.113.8", false],
  ["::ffff:203.0.113.7", true],
  ["2001:db8:1::9", true],
  ["2001:db8:2::9", false],
  ["no address", false],
])("%s is in the ranges: %s", (address, isIn) => {
  expect(addressRanges(["203.0.113.0/29", "2001:db8:1::/48"])(address)).toBe(isIn);
});

test("no range has no address", () => {
  expect(addressRanges([])("203.0.113.7")).toBe(false);
});
