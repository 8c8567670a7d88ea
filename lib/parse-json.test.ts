import { expect, test } from "vitest";
import { parseJson } from "./parse-json.ts";

test("JSON is parsed, null too", () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  expect(parseJson("null")).toBeNull();
});

test.each(["", "{", "undefined", "{'a':1}"])("%j is undefined, not an error", (text) => {
  expect(parseJson(text)).toBeUndefined();
});
