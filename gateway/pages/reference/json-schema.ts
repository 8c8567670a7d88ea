import { isRecord } from "../../../lib/is-record.ts";

export type Schema = Readonly<Record<string, unknown>>;

/** Component schemas by name, to follow references. */
export type Schemas = Readonly<Record<string, unknown>>;

/** The schema that a reference names; any other schema as it is. */
export function resolve(schema: unknown, schemas: Schemas): Schema {
  const value: Schema = isRecord(schema) ? schema : {};
  if (typeof value.$ref !== "string") return value;
  const target = schemas[value.$ref.split("/").at(-1) ?? ""];
  return isRecord(target) ? target : {};
}

/** A type in a few words: `string or array of strings`. */
export function typeOf(schema: unknown, schemas: Schemas): string {
  const value = resolve(schema, schemas);
  const branches = branchesOf(value);
  if (branches.length > 0) {
    const names = [...new Set(branches.map((branch) => typeOf(branch, schemas)))];
    return names.length < 3 ? names.join(" or ") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  }
  if (Array.isArray(value.enum) && value.enum.length <= 8)
    return value.enum.map((one) => JSON.stringify(one)).join(" or ");
  if (value.type === "array") return `array of ${plural(typeOf(value.items, schemas))}`;
  return typeof value.type === "string" ? value.type : "any";
}

/** The limits of a value in a few words: `0 to 2`, `at most 64 characters`; empty when it has none. */
export function limitsOf(schema: unknown, schemas: Schemas): string {
  const value = resolve(schema, schemas);
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength, minItems, maxItems } = value;
  const words = [
    range(minimum, maximum, "", exclusiveMinimum === true),
    range(minLength, maxLength, " characters"),
    range(minItems, maxItems, " items"),
  ].filter((text) => text !== "");
  return words.join(", ");
}

export function branchesOf(schema: Schema): readonly unknown[] {
  const list = schema.anyOf ?? schema.oneOf;
  return Array.isArray(list) ? list : [];
}

/** Fields of an object, or of the objects in a list or union, to be shown inside of it. */
export function fieldsOf(schema: unknown, schemas: Schemas): readonly Field[] {
  const value = resolve(schema, schemas);
  if (value.type === "array") return fieldsOf(value.items, schemas);
  const own = isRecord(value.properties) ? Object.entries(value.properties) : [];
  const required = Array.isArray(value.required) ? value.required : [];
  const fields = own.map(([name, type]) => ({
    name,
    schema: resolve(type, schemas),
    isRequired: required.includes(name),
  }));
  return fields.length > 0
    ? fields
    : (branchesOf(value)
        .map((one) => fieldsOf(one, schemas))
        .find(isFilled) ?? []);
}

export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

function isFilled(fields: readonly Field[]): boolean {
  return fields.length > 0;
}

function range(min: unknown, max: unknown, unit: string, isOpen = false): string {
  // JSON Schema's bounds of any whole number are of no use to a reader.
  const low = typeof min === "number" && min > Number.MIN_SAFE_INTEGER ? min : undefined;
  const high = typeof max === "number" && max < Number.MAX_SAFE_INTEGER ? max : undefined;
  const number = (value: number) => value.toLocaleString("en-US");
  if (low !== undefined && high !== undefined)
    return `${isOpen ? "over " : ""}${number(low)} to ${number(high)}${unit}`;
  if (low !== undefined)
    return unit !== "" && low === 1 ? "not empty" : `${isOpen ? "over" : "from"} ${number(low)}${unit}`;
  return high === undefined ? "" : `at most ${number(high)}${unit}`;
}

function plural(type: string): string {
  if (type.startsWith("array of ")) return type.replace("array", "arrays");
  return / or /.test(type) || type === "any" || type.includes('"') ? `(${type})` : `${type}s`;
}
