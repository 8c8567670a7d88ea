import { isObject, type Json, type JsonObject } from "../../local/template/json.ts";

/** Attributes that are maps of names that someone chose; every other object is a nested block. */
const MAPS = new Set(["tags", "variables", "triggers", "dimensions", "request_parameters"]);
/** Keys of a block that only a run of OpenTofu reads. */
const OMITTED_KEYS = new Set(["//", "depends_on", "lifecycle", "provisioner", "connection"]);

/** One block in HCL: `resource "aws_lb" "LoadBalancer" { … }`. */
export function hclBlock(header: readonly [string, ...string[]], body: JsonObject, indent = ""): string {
  const [type, ...labels] = header;
  const lines = Object.entries(body)
    .filter(([key]) => !OMITTED_KEYS.has(key))
    .flatMap(([key, value]) => (value === undefined || value === null ? [] : entryLines(key, value, `${indent}  `)));
  return [`${indent}${[type, ...labels.map(quoted)].join(" ")} {`, ...lines, `${indent}}`].join("\n");
}

function entryLines(key: string, value: Json, indent: string): readonly string[] {
  if (isObject(value) && !MAPS.has(key)) return [hclBlock([key], value, indent)];
  if (isList(value) && value.length > 0 && value.every(isObject))
    return value.map((item) => hclBlock([key], item, indent));
  return [`${indent}${key} = ${expression(value)}`];
}

function expression(value: Json): string {
  if (typeof value === "string") return template(value);
  if (isList(value)) return `[${value.map(expression).join(", ")}]`;
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${quoted(key)} = ${expression(item ?? null)}`)
      .join(", ")} }`;
  return String(value);
}

/**
 * A JSON string is a template whose `${…}` are expressions: text is escaped for HCL, expressions stay
 * unchanged.
 */
export function template(text: string): string {
  let result = "";
  let at = 0;
  while (at < text.length) {
    if (text.startsWith("$${", at)) {
      result += "$${";
      at += 3;
    } else if (text.startsWith("${", at)) {
      const end = endOfExpression(text, at);
      result += text.slice(at, end);
      at = end;
    } else {
      result += escaped(text.charAt(at));
      at += 1;
    }
  }
  return `"${result}"`;
}

/** Index after the brace that closes the expression at `start`; braces and quotes inside belong to it. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  let isInString = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (isInString && letter === "\\") at += 1;
    else if (letter === '"') isInString = !isInString;
    else if (!isInString && letter === "{") depth += 1;
    else if (!isInString && letter === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new Error(`The expression that begins at ${text.slice(start, start + 40)} has no end.`);
}

function escaped(letter: string): string {
  const short: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return short[letter] ?? letter;
}

function quoted(text: string): string {
  return `"${[...text].map(escaped).join("")}"`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
