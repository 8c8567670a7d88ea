import type { LlamaGrammar } from "node-llama-cpp";
import * as z from "zod";
import { STRUCTURED_OUTPUT_BOUNDS as BOUNDS } from "../../contracts/engine/structured-output-bounds.ts";
import { jsonObjectGrammar, jsonSchemaGrammar } from "../grammar/json-grammar.ts";
import { literalText, regexExpression } from "../grammar/regex-grammar.ts";
import { UnsupportedSchema } from "../grammar/unsupported-schema.ts";
import type { LlamaEngine } from "../inference/llama.ts";
import { invalid } from "./requests.ts";

const JsonSchema = z.union([z.record(z.string(), z.unknown()), z.string().transform(parseSchema)]);
const Choices = z.array(z.string().min(1)).min(1).max(BOUNDS.choices);

/** vLLM's `structured_outputs`. */
const StructuredOutputs = z.looseObject({
  json: JsonSchema.nullish(),
  regex: z.string().min(1).max(BOUNDS.regexCharacters).nullish(),
  choice: Choices.nullish(),
  grammar: z.string().min(1).max(BOUNDS.grammarCharacters).nullish(),
  json_object: z.boolean().nullish(),
  structural_tag: z.null({ message: "can't be enforced on this machine; leave it out, or run vLLM" }).optional(),
  whitespace_pattern: z.null({ message: "can't be enforced on this machine; leave it out, or run vLLM" }).optional(),
});

/** Its fields under their older names. */
const GuidedFields = z.looseObject({
  structured_outputs: StructuredOutputs.nullish(),
  guided_json: JsonSchema.nullish(),
  guided_regex: z.string().min(1).max(BOUNDS.regexCharacters).nullish(),
  guided_choice: Choices.nullish(),
  guided_grammar: z.string().min(1).max(BOUNDS.grammarCharacters).nullish(),
});

/** A grammar that the text of a completion must follow. */
export interface Structure {
  /** The request's field that defines it. */
  readonly param: string;
  readonly grammar: LlamaGrammar;
  /** The JSON schema, for the model to read; null where there is none. */
  readonly schema: Readonly<Record<string, unknown>> | null;
}

interface Wish {
  readonly param: string;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly write: () => string;
}

/**
 * Reads vLLM's fields for structured output (`structured_outputs`, and their older names `guided_…`), of which
 * a request may have one. Null when it has none. Throws an ApiError that names the field which no grammar can force.
 */
export async function readStructure(fields: object, engine: LlamaEngine): Promise<Structure | null> {
  const parsed = GuidedFields.safeParse(fields);
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map(({ path, message }) => ({ param: path.join("."), message })));
  }
  const { structured_outputs: outputs, guided_json, guided_regex, guided_choice, guided_grammar } = parsed.data;
  const wishes = [
    ...wishesOf("structured_outputs.", outputs ?? {}),
    ...wishesOf("guided_", { json: guided_json, regex: guided_regex, choice: guided_choice, grammar: guided_grammar }),
  ];
  const [wish, second] = wishes;
  if (second !== undefined) {
    throw invalid([{ param: second.param, message: `excludes \`${wish?.param}\`; leave one of them out` }]);
  }
  if (wish === undefined) return null;
  return {
    param: wish.param,
    schema: wish.schema ?? null,
    grammar: await compileGrammar(engine, wish.write, wish.param),
  };
}

function wishesOf(prefix: string, { json, regex, choice, grammar, json_object }: z.infer<typeof StructuredOutputs>) {
  const wishes: Wish[] = [];
  if (json != null) wishes.push({ param: `${prefix}json`, schema: json, write: () => jsonSchemaGrammar(json) });
  if (regex != null) wishes.push({ param: `${prefix}regex`, write: () => `root ::= ${regexExpression(regex)}\n` });
  if (choice != null) wishes.push({ param: `${prefix}choice`, write: () => choiceGrammar(choice) });
  if (grammar != null) wishes.push({ param: `${prefix}grammar`, write: () => grammar });
  if (json_object === true) wishes.push({ param: `${prefix}json_object`, write: jsonObjectGrammar });
  return wishes;
}

/** GBNF for one of several texts. */
export function choiceGrammar(choices: readonly string[]): string {
  return `root ::= ${choices.map(literalText).join(" | ")}\n`;
}

/** Compiles a grammar. Throws an ApiError that names the field when it can't be written or llama.cpp doesn't take it. */
export async function compileGrammar(engine: LlamaEngine, write: () => string, param: string): Promise<LlamaGrammar> {
  try {
    return await engine.grammar(write());
  } catch (error) {
    const why = error instanceof UnsupportedSchema ? error.message : "llama.cpp can't compile this grammar";
    throw invalid([{ param, message: `${why}; simplify it, or run vLLM` }]);
  }
}

function parseSchema(text: string, context: z.RefinementCtx): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    const schema = z.record(z.string(), z.unknown()).safeParse(value);
    if (schema.success) return schema.data;
  } catch {
    // Falls through: text that is no JSON is no schema either.
  }
  context.addIssue({ code: "custom", message: "must be a JSON schema, as an object or as its text" });
  return z.NEVER;
}
