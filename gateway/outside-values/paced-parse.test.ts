import fc from "fast-check";
import { expect, test } from "vitest";
import { pacedParse } from "./paced-parse.ts";

const SIZE = 200_000;

test("is what JSON.parse returns, of large and small values in each other", async () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: "binary" }),
      fc.constantFrom("\\", '"', "],", "\ud800", "\ud83d\ude00", "a").map((one) => one.repeat(SIZE / 2)),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, [], {}, [[]]),
      fc.constant(Array.from({ length: SIZE / 8 }, (_, index) => index)),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("value"), { maxKeys: 5 }),
    ),
  }));
  const check = async (one: unknown) => {
    const text = JSON.stringify(one);
    return JSON.stringify(await pacedParse(Buffer.from(text))) === JSON.stringify(JSON.parse(text));
  };
  await fc.assert(fc.asyncProperty(value, check), { numRuns: 25 });
});

test("keeps a field named __proto__ as one of its own", async () => {
  const large = JSON.parse(`{"__proto__":{"a":1},"text":"${"a".repeat(SIZE)}"}`);
  const got = await pacedParse(Buffer.from(JSON.stringify(large)));
  expect(Object.keys(got as object)).toEqual(["__proto__", "text"]);
  expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
});

test("refuses what is no JSON", async () => {
  const text = `"${"a".repeat(SIZE)}"`;
  for (const wrong of [
    `[${text}`,
    `[${text} ${text}]`,
    `{${text}}`,
    `[${text},]`,
    `{"a":${text}]`,
    `{a:${text}}`,
    "",
    `[${text},,1]`,
  ])
    await expect(pacedParse(Buffer.from(wrong)), wrong.slice(-9)).rejects.toThrow(SyntaxError);
});

test("gives other work a turn for each 500 kB of a conversation's items", async () => {
  const items = Array.from({ length: 16 }, (_, item) =>
    Object.fromEntries(Array.from({ length: 9000 }, (_, field) => [`k${item}_${field}`, "a".repeat(14)])),
  );
  const json = Buffer.from(JSON.stringify({ response: {}, input: items }));
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await pacedParse(json);
  isOver = true;
  expect(turns).toBeGreaterThan(json.length / 500_000);
});
