import { describe, expect, test } from "vitest";
import * as z from "zod";
import { REPORTED } from "../../../domain/issue-rules.ts";
import { ENDPOINTS } from "../../endpoints/endpoints.ts";
import { bodyProblems } from "./body-problems.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Whether the value that breaks a rule is shown as the type that the rule wants. */
function repeatsType(message: string): boolean {
  const [, rule = "", type = "none"] = /must be (.+), got an? (\w+)(?: of \d[^;]*)?;/.exec(message) ?? [];
  return rule.split(/\W+/).includes(type);
}

/** A body with one wrong value. */
interface WrongBody {
  /** The path of the wrong value, as errors name it. */
  readonly param: string;
  readonly value: unknown;
  readonly body: unknown;
  /** Values that are allowed there, where they are few. */
  readonly allowed: readonly unknown[];
}

/** Texts for the forms that fields have. */
const TEXTS = ["a", "aaa", "1", "/a", "us-east-1", "https://example.com", "2027-01-01T00:00:00Z"];

/** The smallest value that a schema accepts. */
function sample(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const branch = branches(schema)[0];
  if (branch !== undefined && branch !== schema) return sample(branch);
  switch (schema.type) {
    case "string":
      return TEXTS.find(
        (text) =>
          new RegExp(schema.format === "uri" ? "^https:" : (schema.pattern ?? "")).test(text) &&
          text.length >= (schema.minLength ?? 0),
      );
    case "integer":
    case "number":
      return Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return true;
    case "array":
      return [sample(schema.items as JsonSchema)];
    case "object":
      return Object.fromEntries([
        ...(schema.required ?? []).map((name) => [name, sample(schema.properties?.[name] as JsonSchema)]),
        ...(typeof schema.additionalProperties === "object" && schema.propertyNames !== undefined
          ? [[sample(schema.propertyNames as JsonSchema), sample(schema.additionalProperties)]]
          : []),
      ]);
    default:
      return "a";
  }
}

/** The alternatives of a schema beside `null`; itself where it has none. */
function branches(schema: JsonSchema): readonly JsonSchema[] {
  const all = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (all === undefined) return [schema];
  return all.filter(({ type }) => type !== "null").flatMap(branches);
}

/** Values that one alternative does not accept: of a wrong type, size, or name. */
function wrongValues(schema: JsonSchema): readonly unknown[] {
  if (schema.enum !== undefined || schema.const !== undefined) return ["unknown_member", "", 5, {}];
  switch (schema.type) {
    case "string":
      return [5, { a: 1 }, "", "b".repeat((schema.maxLength ?? 0) + 1), "with space"];
    case "integer":
    case "number":
      return [
        "many",
        1.5,
        true,
        Number(schema.minimum ?? 0) - 1,
        Number(schema.maximum ?? 2 ** 62) * 2 + 1,
        Infinity,
        -Infinity,
      ];
    case "boolean":
      return ["yes", 1];
    case "array":
      return [{ a: 1 }, 5, [], [null], [[]]];
    case "object":
      return [5, [], "text"];
    default:
      return [];
  }
}

/** Every field of a schema with every wrong value. @param wrap the whole body with a value at the path */
function* wrongBodies(schema: JsonSchema, param: string, wrap: (value: unknown) => unknown): Generator<WrongBody> {
  const all = branches(schema);
  for (const branch of all) {
    const { enum: members, const: only } = branch;
    const allowed = all.length > 1 ? [] : (members ?? (only === undefined ? [] : [only]));
    if (param !== "") for (const value of wrongValues(branch)) yield { param, value, body: wrap(value), allowed };
    if (branch.type === "array")
      yield* wrongBodies(branch.items as JsonSchema, `${param}[0]`, (value) => wrap([value]));
    if (branch.type !== "object") continue;
    const whole = sample(branch) as Readonly<Record<string, unknown>>;
    for (const [name, inner] of Object.entries(branch.properties ?? {})) {
      const path = param === "" ? name : `${param}.${name}`;
      if (branch.required?.includes(name)) {
        const { [name]: _, ...rest } = whole;
        yield { param: path, value: undefined, body: wrap(rest), allowed: [] };
      }
      yield* wrongBodies(inner as JsonSchema, path, (value) => wrap({ ...whole, [name]: value }));
    }
  }
}

const BODIES = Object.entries(ENDPOINTS).flatMap(([operation, { body }]) =>
  body === undefined || body === "form" ? [] : [[operation, body] as const],
);

describe("a wrong value in any field of any body", () => {
  test.each(BODIES)("of %s is named with its path, its value, the rule and a remedy", (operation, schema) => {
    // Of two fields, it needs one.
    const complete = (whole: unknown) =>
      operation === "tokenize" && !("messages" in (whole as object)) ? { prompt: "a", ...(whole as object) } : whole;
    const { $defs, ...document } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
    const json = Object.values($defs ?? {})[0] ?? document;
    const weak: string[] = [];
    let wrong = 0;
    for (const { param, value, body, allowed } of wrongBodies(json, "", complete)) {
      const parsed = schema.safeParse(body, REPORTED);
      if (parsed.success) continue;
      wrong++;
      const problems = bodyProblems(parsed.error.issues);
      const isGood = problems.some(({ param: found, message }) => {
        const isThere = found !== "" && (param.startsWith(found) || found.startsWith(param));
        const isStated = message.startsWith(`\`${found}\` `) && !/documented (form|value)/.test(message);
        const isMissing = value === undefined || found !== param;
        const hasValue = / got |not a (field|name)/.test(message) || (isMissing && message.includes(" is required"));
        const hasOtherValue = !repeatsType(message);
        const hasAllowed = found !== param || allowed.every((each) => message.includes(String(each)));
        return isThere && isStated && hasValue && hasOtherValue && hasAllowed && /; [a-z][^;]+\.$/.test(message);
      });
      if (!isGood)
        weak.push(`${param} = ${JSON.stringify(value)}: ${problems.map(({ message }) => message).join(" | ")}`);
    }
    expect(weak).toEqual([]);
    expect(wrong).toBeGreaterThan(5);
  });
});
