import fc from "fast-check";
import { expect, test } from "vitest";
import { pacedJson } from "./paced-json.ts";

const MEGABYTES = 8 * 1024 * 1024;

test("is what JSON.stringify writes, also of halves of pairs of surrogates, and of pairs between two pieces", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", "\udc00", "a\ud83d\ude00", "\n").map((one) => one.repeat(50_000)),
    fc.nat(3).map((shift) => "x".repeat(65_534 + shift) + "\ud83d\ude00".repeat(40_000)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double(),
      fc.constantFrom(null, true, false),
      fc.array(tie("value"), { maxLength: 6 }),
      fc.dictionary(fc.string(), fc.oneof(tie("value"), fc.constant(undefined)), { maxKeys: 6 }),
    ),
  }));
  const check = async (one: unknown) => String(await pacedJson(one)) === JSON.stringify(one);
  await fc.assert(fc.asyncProperty(value, check), { numRuns: 25 });
});

test.each([
  ["halves of pairs of surrogates", "\ud800".repeat(MEGABYTES / 6)],
  ["text", "a".repeat(MEGABYTES)],
  ["many values", Array.from({ length: 350_000 }, (_, index) => index)],
  ["many texts", Array.from({ length: 30_000 }, () => ({ text: "a".repeat(250) }))],
])("gives other work a turn for each 500 kB of %s", async (_name, value) => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { length } = await pacedJson({ value });
  isOver = true;
  expect(turns).toBeGreaterThan(length / 500_000);
});
