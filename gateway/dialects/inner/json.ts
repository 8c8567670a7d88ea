import { parseJson as parseAny } from "../../../lib/parse-json.ts";
import type { WholeResponse } from "../../core/dialect.ts";
import { tooDeepField } from "../../outside-values/json-depth.ts";

/** Parsed JSON, or `undefined` where the text is none, or is nested too deep for recursion. */
export function parseJson(text: string): unknown {
  const value = parseAny(text);
  return tooDeepField(value) === undefined ? value : undefined;
}

/** A string that is not empty, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The items of an array; of anything else none. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A whole response that is made of these fields; its bytes are written later, as they may be megabytes. */
export function wholeOf(fields: Readonly<Record<string, unknown>>): WholeResponse {
  return { bytes: undefined, fields };
}
