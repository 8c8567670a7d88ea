import { describe, expect, test } from "vitest";
import { jsonSchemaGrammar } from "./json-grammar.ts";

describe("JSON grammar", () => {
  test("puts commas right between required and optional properties", () => {
    const properties = { a: { type: "integer" }, b: { type: "boolean" }, c: { type: "null" } };
    const grammar = jsonSchemaGrammar({ type: "object", properties, required: ["b"] });
    expect(grammar).toContain('rule3 ::= "{" (rule0 "," sp)? rule1 ("," sp rule2)? "}"');
    expect(jsonSchemaGrammar({ properties: { a: {}, b: {} } })).toContain('"{" (rule0 ("," sp rule1)? | rule1)? "}"');
  });

  test("follows references, also to themselves", () => {
    const node = { type: "object", properties: { next: { $ref: "#/$defs/node" } } };
    const grammar = jsonSchemaGrammar({ $ref: "#/$defs/node", $defs: { node } });
    expect(grammar).toContain("root ::= ref0");
    expect(grammar).toContain('"\\"next\\"" ":" sp ref0');
  });

  test("escapes literals once for JSON and once for the grammar", () => {
    expect(jsonSchemaGrammar({ const: 'a"\\' })).toContain('root ::= "\\"a\\\\\\"\\\\\\\\\\""');
  });

  test.each([
    [{ type: "string", pattern: "(?=a)" }, "look-around or flags in a group, which can't be enforced (at /pattern)"],
    [{ properties: { n: { minimum: 1 } } }, "`minimum` can't be enforced (at /properties/n)"],
    [{ $ref: "#/$defs/gone" }, '`$ref` "#/$defs/gone" points to nothing'],
    [{ type: "date" }, 'unknown type "date"'],
    [{ type: "string", maxLength: 5000 }, "can be at most 1000"],
  ])("%j is refused, because a completion could violate it", (schema, message) => {
    expect(() => jsonSchemaGrammar(schema)).toThrow(message);
  });
});

describe("a schema that would make sampling slow", () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 20 }, (_, level) => [
      `d${level}`,
      level === 19 ? { type: "null" } : { anyOf: [1, 2].map(() => ({ $ref: `#/$defs/d${level + 1}` })) },
    ]),
  );
  const nested = (levels: number): Readonly<Record<string, unknown>> =>
    levels === 0 ? { type: "null" } : { anyOf: [{ type: "null" }, nested(levels - 1)] };
  const optional = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, { type: "null" }]));

  test.each([
    ["definitions that refer twice to the next", { $ref: "#/$defs/d0", $defs: doubling }, "schemas and values"],
    ["a long enum", { enum: Array.from({ length: 1001 }, (_, at) => at) }, "alternatives"],
    ["choices within each other", nested(50), "choices within each other"],
    ["many optional properties", { properties: optional(201) }, "properties of which none is required"],
    ["a long pattern", { type: "string", pattern: "a".repeat(10_001) }, "characters"],
    ["a pattern with many repetitions", { type: "string", pattern: "a{1000}".repeat(21) }, "repetitions"],
  ])("(%s) is refused", (_what, schema, words) => {
    expect(() => jsonSchemaGrammar(schema)).toThrow(words);
  });

  test("is none at these bounds", () => {
    expect(jsonSchemaGrammar(nested(32))).toContain("root");
    expect(jsonSchemaGrammar({ properties: optional(200) })).toContain("root");
  });
});
