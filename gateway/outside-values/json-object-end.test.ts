import { expect, test } from "vitest";
import { JsonObjectEnd } from "./json-object-end.ts";

function followed(...pieces: readonly string[]): JsonObjectEnd {
  const end = new JsonObjectEnd();
  for (const piece of pieces) end.push(piece);
  return end;
}

test.each(['{"a":1}', '{"a":"}"}', '{"a":"\\"}"}', ' {"a":[{"b":"\\\\"}]} ', "{}"])(
  "%j is whole at its end alone",
  (json) => {
    const end = new JsonObjectEnd();
    for (const character of json.trimEnd()) {
      expect(end.isWhole).toBe(false);
      end.push(character);
    }
    expect(end.isWhole).toBe(true);
  },
);

test.each([[""], [" "], ["{"], ['{"a":"'], ['"text"'], ['{"a":"}', "]"]])("%j is not whole", (...pieces) => {
  expect(followed(...pieces).isWhole).toBe(false);
});

test("has text once something but white space has come", () => {
  expect([followed("", " \n").hasText, followed(" ", "{").hasText]).toEqual([false, true]);
});
