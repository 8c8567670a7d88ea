import { expect, test } from "vitest";
import { schemaSize } from "./schema-size.ts";

const doubling = (levels: number, reference = (level: number) => ({ $ref: `#/$defs/d${level}` })) => ({
  $ref: "#/$defs/d0",
  $defs: Object.fromEntries(
    Array.from({ length: levels }, (_, level) => [
      `d${level}`,
      level === levels - 1 ? { type: "null" } : { anyOf: [reference(level + 1), reference(level + 1)] },
    ]),
  ),
});

test("references are counted as if they were written out", () => {
  expect(schemaSize(doubling(11)).alternatives).toBe(1024);
  expect(schemaSize(doubling(41)).nodes).toBeGreaterThan(1e12);
});

test("a schema that refers to itself has a size", () => {
  const tree = { $ref: "#/$defs/tree", $defs: { tree: { anyOf: [{ type: "null" }, { $ref: "#/$defs/tree" }] } } };
  expect(schemaSize(tree).alternatives).toBeLessThan(5);
});

test("alternatives are those of one place, not of all properties together", () => {
  const color = { enum: ["red", "green", "blue"] };
  const properties = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, color]));
  expect(schemaSize({ type: "object", properties, required: Object.keys(properties) }).alternatives).toBe(3);
  expect(schemaSize({ anyOf: [color, { anyOf: [color, { type: "null" }] }] }).alternatives).toBe(7);
});

test("a chain of a thousand references ends without an overflow of the stack", () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, level) => [`d${level}`, { $ref: `#/$defs/d${level + 1}` }]),
  );
  expect(schemaSize({ $ref: "#/$defs/d0", $defs }).nodes).toBe(Number.POSITIVE_INFINITY);
});

test("no value throws, and each part is looked at once", () => {
  for (const value of [null, 1, "a", [], {}, { $ref: "x" }, { $ref: "#/a" }, { anyOf: 5 }])
    expect(schemaSize(value).nodes).toBeLessThan(5);
  expect(schemaSize({ enum: Array.from({ length: 30_000 }, (_, index) => index) }).alternatives).toBe(30_000);
});
