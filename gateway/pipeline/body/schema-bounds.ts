import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { STRUCTURED_OUTPUT_BOUNDS as BOUNDS } from "../../../contracts/engine/structured-output-bounds.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { schemaSize } from "../../../lib/schema-size.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "../../outside-values/json-depth.ts";
import { JsonTexts } from "../../outside-values/json-texts.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Finds a schema or grammar that an engine would compile for seconds, wherever a client dialect has one: under the
 * client's own name of the field.
 */
export function schemaProblem(fields: Fields): ErrorDetail | undefined {
  const { structured_outputs: outputs, guided_json: json, guided_regex: regex } = fields;
  const { guided_grammar: grammar, guided_choice: choice } = fields;
  return (
    toolsProblem(fields.tools, "tools") ??
    toolsProblem(fields.functions, "functions") ??
    outputSchemaProblem(
      "response_format.json_schema.schema",
      at(at(fields.response_format, "json_schema"), "schema"),
    ) ??
    outputSchemaProblem("text.format.schema", at(at(fields.text, "format"), "schema")) ??
    outputSchemaProblem("output_config.format.schema", at(at(fields.output_config, "format"), "schema")) ??
    (isRecord(outputs) ? grammarProblem("structured_outputs.", outputs) : undefined) ??
    grammarProblem("guided_", { json, regex, grammar, choice })
  );
}

/** Chat's tools, Responses' with namespaces of others, Anthropic's, and chat's older functions. */
function toolsProblem(tools: unknown, param: string): ErrorDetail | undefined {
  if (!Array.isArray(tools)) return undefined;
  for (const [index, tool] of tools.entries()) {
    if (!isRecord(tool)) continue;
    const own = `${param}[${index}]`;
    const inFunction = isRecord(tool.function) ? tool.function.parameters : undefined;
    const problem =
      sizeProblem(`${own}.function.parameters`, inFunction) ??
      sizeProblem(`${own}.parameters`, tool.parameters) ??
      sizeProblem(`${own}.input_schema`, tool.input_schema) ??
      (param === "tools" ? toolsProblem(tool.tools, `${own}.tools`) : undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** vLLM's fields for structured output, as they are and under their older names. */
function grammarProblem(prefix: string, { json, regex, grammar, choice }: Fields): ErrorDetail | undefined {
  const texts = new JsonTexts();
  const schema = typeof json === "string" ? texts.parse(json) : json;
  if (texts.isTooDeep || (isRecord(schema) && tooDeepField(schema) !== undefined))
    return problem(`${prefix}json`, `have at most ${MAX_JSON_DEPTH} nested levels`, "more", "flatten it");
  if (texts.isOver)
    return problem(`${prefix}json`, `have at most ${BOUNDS.schemaNodes} schemas and values`, "more", "simplify it");
  return (
    outputSchemaProblem(`${prefix}json`, schema) ??
    lengthProblem(`${prefix}regex`, regex, BOUNDS.regexCharacters) ??
    lengthProblem(`${prefix}grammar`, grammar, BOUNDS.grammarCharacters) ??
    (Array.isArray(choice) && choice.length > BOUNDS.choices
      ? problem(`${prefix}choice`, `have at most ${BOUNDS.choices} items`, String(choice.length), "shorten it")
      : undefined)
  );
}

/** A schema that the text has to follow: its alternatives count too. */
function outputSchemaProblem(param: string, schema: unknown): ErrorDetail | undefined {
  const bySize = sizeProblem(param, schema);
  if (bySize !== undefined || !isRecord(schema)) return bySize;
  const { alternatives } = schemaSize(schema);
  if (alternatives <= BOUNDS.schemaAlternatives) return undefined;
  const rule = `have at most ${BOUNDS.schemaAlternatives} alternatives at one place, with its references written out`;
  return problem(param, rule, shown(alternatives), "use fewer values in `anyOf` and `enum`");
}

function sizeProblem(param: string, schema: unknown): ErrorDetail | undefined {
  if (!isRecord(schema)) return undefined;
  const { nodes } = schemaSize(schema);
  if (nodes <= BOUNDS.schemaNodes) return undefined;
  const rule = `have at most ${BOUNDS.schemaNodes} schemas and values, with its references written out`;
  return problem(param, rule, shown(nodes), "simplify it");
}

function lengthProblem(param: string, text: unknown, most: number): ErrorDetail | undefined {
  if (typeof text !== "string" || text.length <= most) return undefined;
  return problem(param, `have at most ${most} characters`, String(text.length), "shorten it");
}

function problem(param: string, rule: string, got: string, remedy: string): ErrorDetail {
  return { param, message: `\`${param}\` must ${rule}, got ${got}; ${remedy}.` };
}

/** Doubled schemas have sizes too long to print. */
function shown(count: number): string {
  return count < 1e9 ? String(count) : "over 1000000000";
}

function at(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
