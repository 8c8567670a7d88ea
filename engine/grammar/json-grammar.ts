import { STRUCTURED_OUTPUT_BOUNDS as BOUNDS } from "../../contracts/engine/structured-output-bounds.ts";
import { isRecord } from "../../lib/is-record.ts";
import { schemaSize } from "../../lib/schema-size.ts";
import { regexExpression } from "./regex-grammar.ts";
import { UnsupportedSchema } from "./unsupported-schema.ts";

const JSON_RULES = `value ::= object | array | string | number | boolean | null
object ::= "{" (pair ("," sp pair)*)? "}"
pair ::= string ":" sp value
array ::= "[" (value ("," sp value)*)? "]"
string ::= "\\"" char* "\\""
char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})
integer ::= "-"? ("0" | [1-9] [0-9]{0,14})
number ::= integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?
boolean ::= "true" | "false"
null ::= "null"
sp ::= " "?`;

/** Keywords that a text grammar can't express; without them a completion would not be valid by its schema. */
const UNSUPPORTED = [
  "not",
  "if",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "patternProperties",
  "propertyNames",
  "contains",
  "dependentRequired",
  "dependentSchemas",
  "prefixItems",
  "minProperties",
  "maxProperties",
  "uniqueItems",
];
/** llama.cpp writes repetitions out; more than this makes sampling very slow. */
const MAX_REPEAT = 1000;
/** Each of them may be the first, with all others behind it: the grammar grows with the square. */
const MAX_OPTIONAL = 200;
/** Alternatives within each other; llama.cpp looks at all of them anew for each token. */
const MAX_NESTED_CHOICES = 32;
const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"];

/** GBNF for any JSON object. */
export function jsonObjectGrammar(): string {
  return `root ::= object\n${JSON_RULES}\n`;
}

/**
 * GBNF for the JSON values of a schema, written compactly, without a tail: when the value is whole, only the end of the
 * text is left to generate. Throws UnsupportedSchema.
 */
export function jsonSchemaGrammar(schema: Readonly<Record<string, unknown>>): string {
  const { nodes, alternatives } = schemaSize(schema);
  if (nodes > BOUNDS.schemaNodes)
    throw new UnsupportedSchema("", `more than ${BOUNDS.schemaNodes} schemas and values can't be enforced`);
  if (alternatives > BOUNDS.schemaAlternatives)
    throw new UnsupportedSchema("", `more than ${BOUNDS.schemaAlternatives} alternatives can't be enforced`);
  const writer = new GrammarWriter(schema);
  const root = writer.expression(schema, "");
  return `root ::= ${root}\n${writer.rules.join("\n")}\n${JSON_RULES}\n`;
}
class GrammarWriter {
  readonly rules: string[] = [];
  readonly #root: Readonly<Record<string, unknown>>;
  readonly #references = new Map<string, string>();
  /** Choices that are open. */
  #choices = 0;

  constructor(root: Readonly<Record<string, unknown>>) {
    this.#root = root;
  }

  expression(schema: unknown, path: string): string {
    if (schema === true) return "value";
    if (!isRecord(schema)) throw new UnsupportedSchema(path, "a schema must be an object");
    for (const keyword of UNSUPPORTED) {
      const value = schema[keyword];
      if (value !== undefined && value !== false) throw new UnsupportedSchema(path, `\`${keyword}\` can't be enforced`);
    }
    if (typeof schema.$ref === "string") return this.#reference(schema.$ref, path);
    if (Array.isArray(schema.enum)) return either(schema.enum.map(literal));
    if ("const" in schema) return literal(schema.const);
    for (const keyword of ["anyOf", "oneOf", "allOf"]) {
      const parts = schema[keyword];
      if (!Array.isArray(parts)) continue;
      if (keyword === "allOf" && parts.length !== 1) {
        throw new UnsupportedSchema(path, "`allOf` of several schemas can't be enforced");
      }
      if (++this.#choices > MAX_NESTED_CHOICES)
        throw new UnsupportedSchema(
          path,
          `more than ${MAX_NESTED_CHOICES} choices within each other can't be enforced`,
        );
      const written = parts.map((part, index) => this.expression(part, `${path}/${keyword}/${index}`));
      this.#choices--;
      return either(written);
    }
    const types = schema.type ?? guess(schema);
    if (types === null) return "value";
    return either((Array.isArray(types) ? types : [types]).map((type) => this.#typed(type, schema, path)));
  }

  #typed(type: unknown, schema: Readonly<Record<string, unknown>>, path: string): string {
    if (type === "object") return this.#object(schema, path);
    if (type === "array") return this.#array(schema, path);
    if (type === "string") {
      const times = repeat(schema, "minLength", "maxLength", path);
      if (typeof schema.pattern === "string") {
        if (times !== null) throw new UnsupportedSchema(path, "`pattern` beside a length can't be enforced");
        if (schema.pattern.length > BOUNDS.regexCharacters)
          throw new UnsupportedSchema(
            path,
            `a \`pattern\` of over ${BOUNDS.regexCharacters} characters can't be enforced`,
          );
        const text = regexExpression(schema.pattern, { inJsonString: true, path: `${path}/pattern` });
        return `"\\"" ${text} "\\""`;
      }
      return times === null ? "string" : `"\\"" char${times} "\\""`;
    }
    if (typeof type === "string" && TYPES.includes(type)) return type;
    throw new UnsupportedSchema(path, `unknown type ${JSON.stringify(type)}`);
  }

  #object(schema: Readonly<Record<string, unknown>>, path: string): string {
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const required = new Set<unknown>(Array.isArray(schema.required) ? schema.required : []);
    const names = Object.keys(properties);
    for (const name of required) if (typeof name === "string" && !names.includes(name)) names.push(name);
    if (names.length === 0) {
      const more = schema.additionalProperties;
      if (more === false) return `"{}"`;
      if (more === undefined || more === true) return "object";
      const pair = `string ":" sp ${this.expression(more, `${path}/additionalProperties`)}`;
      return this.#rule(`"{" (${pair} ("," sp ${pair})*)? "}"`);
    }
    const pairs = names.map((name) => {
      const value = this.expression(properties[name] ?? true, `${path}/properties/${name}`);
      return this.#rule(`${literal(name)} ":" sp ${value}`);
    });
    const isRequired = names.map((name) => required.has(name));
    const first = isRequired.indexOf(true);
    const rest = (from: number) =>
      pairs
        .slice(from)
        .map((pair, index) => (isRequired[from + index] ? ` "," sp ${pair}` : ` ("," sp ${pair})?`))
        .join("");
    if (first >= 0) {
      const before = pairs.slice(0, first).map((pair) => `(${pair} "," sp)? `);
      return this.#rule(`"{" ${before.join("")}${pairs[first]}${rest(first + 1)} "}"`);
    }
    if (names.length > MAX_OPTIONAL)
      throw new UnsupportedSchema(
        path,
        `more than ${MAX_OPTIONAL} properties of which none is required can't be enforced`,
      );
    // Nothing is required: whichever property comes first has no comma before it.
    const starts = pairs.map((pair, index) => `${pair}${rest(index + 1)}`);
    return this.#rule(`"{" (${starts.join(" | ")})? "}"`);
  }

  #array(schema: Readonly<Record<string, unknown>>, path: string): string {
    const item = this.expression(schema.items ?? true, `${path}/items`);
    const { min, max } = bounds(schema, "minItems", "maxItems", path);
    if (max === 0) return `"[]"`;
    const times = `{${Math.max(0, min - 1)},${max === null ? "" : max - 1}}`;
    const list = `${item} ("," sp ${item})${times}`;
    return this.#rule(min === 0 ? `"[" (${list})? "]"` : `"[" ${list} "]"`);
  }

  #reference(reference: string, path: string): string {
    const known = this.#references.get(reference);
    if (known !== undefined) return known;
    let target: unknown = this.#root;
    for (const step of reference.split("/").slice(1)) {
      target = isRecord(target) ? target[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
    }
    if (!reference.startsWith("#") || target === undefined) {
      throw new UnsupportedSchema(path, `\`$ref\` ${JSON.stringify(reference)} points to nothing in this schema`);
    }
    const name = `ref${this.#references.size}`;
    this.#references.set(reference, name);
    this.rules.push(`${name} ::= ${this.expression(target, reference)}`);
    return name;
  }

  #rule(body: string): string {
    const name = `rule${this.rules.length}`;
    this.rules.push(`${name} ::= ${body}`);
    return name;
  }
}

function guess(schema: Readonly<Record<string, unknown>>): string | null {
  if ("properties" in schema || "required" in schema || "additionalProperties" in schema) return "object";
  return "items" in schema ? "array" : null;
}

function either(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" | ")})`;
}

function literal(value: unknown): string {
  return `"${JSON.stringify(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function bounds(
  schema: Readonly<Record<string, unknown>>,
  minName: string,
  maxName: string,
  path: string,
): { readonly min: number; readonly max: number | null } {
  const min = typeof schema[minName] === "number" ? schema[minName] : 0;
  const max = typeof schema[maxName] === "number" ? schema[maxName] : null;
  if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT) {
    throw new UnsupportedSchema(path, `\`${minName}\` and \`${maxName}\` can be at most ${MAX_REPEAT}`);
  }
  return { min, max };
}

function repeat(
  schema: Readonly<Record<string, unknown>>,
  minName: string,
  maxName: string,
  path: string,
): string | null {
  const { min, max } = bounds(schema, minName, maxName, path);
  return min === 0 && max === null ? null : `{${min},${max ?? ""}}`;
}
