import fc from "fast-check";
import { expect, test } from "vitest";
import { textBytesIn, tokensOfChoices, tokensOfText } from "../relay/text-tokens.ts";
import { escaped, escapedBytes } from "./escaped-text.ts";
import { jsonBytes, jsonText } from "./paced-json.ts";

/** Texts with halves of pairs of surrogates, whole pairs, and what JSON escapes. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\ud800", "\udc00", "\ud83d\ude00", '"', "\\", "\u0001", "é"),
    ),
  )
  .map((parts) => parts.join(""));

test("a text is escaped as JSON.stringify does it, and counted without being written", () => {
  fc.assert(
    fc.property(text, (one) => {
      const expected = JSON.stringify(one).slice(1, -1);
      expect(escaped(one)).toBe(expected);
      expect(escapedBytes(one)).toBe(Buffer.byteLength(expected));
    }),
  );
});

test("a value's JSON is the same at once, as bytes, and in turns", async () => {
  for (const value of [{ a: "x" }, { a: ["\ud800".repeat(70_000), { b: undefined, c: "é".repeat(70_000) }] }]) {
    expect(jsonText(value)).toBe(JSON.stringify(value));
    expect(String(await jsonBytes(value))).toBe(JSON.stringify(value));
  }
});

test("the tokens of parsed choices are those of their JSON", () => {
  const name = fc.constantFrom("content", "text", "reasoning", "arguments", "refusal", "role", "__proto__");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom(null, 1, true),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, (one) => {
      const json = Buffer.from(JSON.stringify(one)).toString("latin1");
      expect(tokensOfChoices(one)).toBe(tokensOfText(textBytesIn(json)));
    }),
  );
});
