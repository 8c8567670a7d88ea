import fc from "fast-check";
import { expect, test } from "vitest";
import { VectorCount } from "./vector-count.ts";

function counted(text: string, size = text.length) {
  const count = new VectorCount();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) count.push(bytes.subarray(at, at + size));
  count.end();
  return [count.vectors, count.hasOther];
}

const item = (embedding: string) => `{"object":"embedding","index":0,"embedding":${embedding}}`;

test.each([
  ["[0.1,-2]", [1, false]],
  ["[-0.1]", [1, false]],
  [" [ 1 ]", [1, false]],
  ['"AACAPw=="', [1, false]],
  ["[]", [0, true]],
  ['""', [0, true]],
  ["null", [0, true]],
  ['["a"]', [0, true]],
  ["[[1]]", [0, true]],
  ["{}", [0, true]],
] as const)("an `embedding` of %s is a vector or none, wherever it is cut", (embedding, expected) => {
  const text = `{"data":[${item(embedding)}]}`;
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: text.length }), (size) => {
      expect(counted(text, size)).toEqual(expected);
    }),
  );
});

test("each vector of a list is counted, and no text that names the field", () => {
  const text = `{"data":[${Array.from({ length: 50 }, () => item("[1,2,3]")).join(",")}],"model":"\\"embedding\\":[1]"}`;
  for (const size of [1, 7, 100, 10_000]) expect(counted(text, size)).toEqual([50, false]);
});
