import { expect, test } from "vitest";
import { cpuCost } from "../../test-support/cpu-cost.ts";
import { JsonMeter } from "./json-meter.ts";

function measure(text: string, pieceBytes = text.length) {
  const meter = new JsonMeter();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) meter.push(bytes.subarray(at, at + pieceBytes));
  const { deepest, fields, commas } = meter;
  return { deepest, fields, commas };
}

const TEXTS: readonly (readonly [string, string, ReturnType<typeof measure>])[] = [
  ["an object", '{"a":1,"b":{"c":[1,2]}}', { deepest: 3, fields: 4, commas: 2 }],
  ["words in texts", JSON.stringify({ a: 'say {"b":[1,2]}' }), { deepest: 1, fields: 1, commas: 0 }],
  ["a text that ends in a backslash", String.raw`{"a":"\\","b":[]}`, { deepest: 2, fields: 3, commas: 1 }],
  [
    "a long text with quotes",
    JSON.stringify({ a: `${"x".repeat(200)}"[,`.repeat(9), b: [] }),
    { deepest: 2, fields: 3, commas: 1 },
  ],
  [
    "a long text of backslashes",
    JSON.stringify({ a: `${"\\".repeat(150)}"[`, b: [] }),
    { deepest: 2, fields: 3, commas: 1 },
  ],
];

test.each(TEXTS)("%s has the same measure in whatever pieces it comes", (_, text, expected) => {
  for (const pieceBytes of [1, 2, 3, 7, 64, 65, 1000]) expect(measure(text, pieceBytes)).toEqual(expected);
});

test("depth is counted however deep it is", () => {
  expect(measure("[".repeat(100_000) + "]".repeat(100_000)).deepest).toBe(100_000);
});

test("a megabyte of texts, numbers or quotes takes milliseconds", () => {
  for (const part of ['"a",', "1,", '\\"', "\\\\", "x"]) {
    const bytes = Buffer.from(`"${part.repeat(1_000_000 / part.length)}`);
    // Seen: 3 ms at most on a busy machine; its loops have no steps that a test could count.
    expect(cpuCost(() => void new JsonMeter().push(bytes))).toBeLessThan(100);
  }
});
