import { expect, test } from "vitest";
import { kindOf, shownValue } from "./refuse.ts";

test("a type is repeated where it is short and plain; another one has words that fit behind `got`", () => {
  expect([kindOf("web_search"), kindOf("x".repeat(41)), kindOf("a b"), kindOf(7)]).toEqual([
    '"web_search"',
    "another value",
    "another value",
    "another value",
  ]);
  expect(kindOf("a b", "of this kind")).toBe("of this kind");
  expect([shownValue("auto"), shownValue("a b"), shownValue([1])]).toEqual(['"auto"', "another string", "an array"]);
});
