import { isRecord } from "../../lib/is-record.ts";

/**
 * A value as canonical JSON (RFC 8785): no spaces, the fields of each object in the order of their UTF-16 code units,
 * numbers and strings as ECMAScript writes them. Equal values have equal texts. Fields whose value is `undefined` are
 * omitted.
 * @throws {TypeError} for what JSON can't say: NaN, infinities, lone surrogates, functions, `undefined`, big integers
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isRecord(value)) return canonicalObject(value);
  throw new TypeError(
    `canonical JSON has null, booleans, finite numbers, strings, arrays and objects, got ${typeof value} ${String(value)}; convert it first.`,
  );
}

function canonicalObject(value: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const name of Object.keys(value).sort()) {
    const field = value[name];
    if (field !== undefined) text += `${text === "" ? "" : ","}${canonicalString(name)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
}

function canonicalString(value: string): string {
  if (value.isWellFormed()) return JSON.stringify(value);
  throw new TypeError(
    `canonical JSON has Unicode text only, got ${JSON.stringify(value)} with half of a surrogate pair; replace it with U+FFFD.`,
  );
}

/**
 * Whether a text is the canonical JSON of a value.
 * @param value may be what the text was parsed to: then nothing is written again, which takes half of the time
 */
export function isCanonical(value: unknown, text: string): boolean {
  // JSON.stringify differs in the order of fields, and where it writes half of a surrogate pair as an escape.
  if (JSON.stringify(value) === text && !text.includes("\\ud") && hasSortedFields(value)) return true;
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}

function hasSortedFields(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (!isRecord(value)) return Array.isArray(value) && value.every(hasSortedFields);
  let before: string | undefined;
  for (const name of Object.keys(value)) {
    if ((before !== undefined && name <= before) || !hasSortedFields(value[name])) return false;
    before = name;
  }
  return true;
}
