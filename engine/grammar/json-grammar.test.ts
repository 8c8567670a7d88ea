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
