import { isRecord } from "../lib/is-record.ts";
export type JsonObject = Readonly<Record<string, unknown>>;

/** Positions of schemas that describe a whole value, so that they must have all its fields. */
const WHOLE_VALUES = ["items", "additionalProperties"];

/**
 * OpenAPI 3.0's `nullable` and its boolean `exclusiveMinimum` in JSON Schema 2020-12. Published documents of
 * OpenAPI 3.1 have `nullable` too.
 */
export function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable);
  if (!isRecord(value)) return value;
  const { nullable, exclusiveMinimum, exclusiveMaximum, ...rest } = value;
  const schema: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(rest)) schema[key] = withoutNullable(each);
  if (exclusiveMinimum !== undefined) setBound(schema, "minimum", "exclusiveMinimum", exclusiveMinimum);
  if (exclusiveMaximum !== undefined) setBound(schema, "maximum", "exclusiveMaximum", exclusiveMaximum);
  if (typeof nullable === "boolean") return nullable ? { anyOf: [schema, { type: "null" }] } : schema;
  return nullable === undefined ? schema : { ...schema, nullable: withoutNullable(nullable) };
}

function setBound(schema: Record<string, unknown>, plain: string, exclusive: string, value: unknown): void {
  if (value === true) {
    schema[exclusive] = schema[plain];
    delete schema[plain];
  } else if (value !== false) schema[exclusive] = value;
}

/** Every object with named fields has no others: `unevaluatedProperties: false` wherever a schema is used as a whole. */
export function closed(value: unknown): JsonObject {
  const result = close(value);
  return isRecord(result) ? result : {};
}

function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (!isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    if (key === "properties" && isRecord(each))
      result[key] = Object.fromEntries(Object.entries(each).map(([name, schema]) => [name, whole(close(schema))]));
    else result[key] = WHOLE_VALUES.includes(key) ? whole(close(each)) : close(each);
  }
  return result;
}

function whole(schema: unknown): unknown {
  if (!isRecord(schema) || isOpen(schema)) return schema;
  return { ...schema, unevaluatedProperties: false };
}

/** A schema without fields. */
function isOpen(schema: JsonObject): boolean {
  return !["properties", "$ref", "anyOf", "oneOf", "allOf"].some((key) => key in schema);
}
