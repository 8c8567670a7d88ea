import { isRecord } from "../../lib/is-record.ts";

/** Any value of a synthesized stack after evaluation. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Narrows a JSON value to an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return isRecord(value);
}

/** The value as OpenTofu turns it into text; lists and objects are refused. */
export function asText(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`expected text, got ${JSON.stringify(value)}`);
}

export function asNumber(value: Json | undefined): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number))
    throw new Error(`expected a number, got ${JSON.stringify(value)}`);
  return number;
}

export function asList(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new Error(`expected a list, got ${JSON.stringify(value)}`);
}

export function asObject(value: Json | undefined): JsonObject {
  if (isObject(value)) return value;
  throw new Error(`expected an object, got ${JSON.stringify(value)}`);
}

/** A nested block: CDKTF writes one block as an object or as a list of one. `undefined` when there is none. */
export function block(value: Json | undefined): JsonObject | undefined {
  if (Array.isArray(value)) return isObject(value[0]) ? value[0] : undefined;
  return isObject(value) ? value : undefined;
}

/** Repeated blocks as a list, also when there is one or none. */
export function blocks(value: Json | undefined): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.filter(isObject) : [asObject(value)];
}
