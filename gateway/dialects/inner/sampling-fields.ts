import { isRecord } from "../../../lib/is-record.ts";
import { itemsOf, textOf } from "./json.ts";
import { refuse, unsupportedField } from "./refuse.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields that only OpenAI's dialect has, with their default values: defaults are left out, other values refused. */
const ONLY_OPENAI: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  prompt_logprobs: (value) => value === 0,
  logit_bias: (value) => isRecord(value) && Object.keys(value).length === 0,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  repetition_penalty: (value) => value === 1,
  min_p: (value) => value === 0,
  min_tokens: (value) => value === 0,
  ignore_eos: (value) => value === false,
  stop_token_ids: (value) => itemsOf(value).length === 0,
  bad_words: (value) => itemsOf(value).length === 0,
  functions: (value) => itemsOf(value).length === 0,
  function_call: (value) => value === "none",
  modalities: (value) => itemsOf(value).every((kind) => kind === "text"),
  audio: () => false,
  web_search_options: () => false,
  guided_json: () => false,
  guided_regex: () => false,
  guided_choice: () => false,
  guided_grammar: () => false,
  structured_outputs: () => false,
};

const NONE: ReadonlySet<string> = new Set();

/**
 * Refuses unsupported fields that would change the response; hints (`seed`, `service_tier`, `store`, `metadata`,
 * `prediction`, `verbosity`) are left out. `docs/dialects.md` lists both.
 * @param supported fields of these that the dialect has
 * @throws {GatewayError} `invalid_request` naming the field
 */
export function refuseOnlyOpenAi(fields: Fields, dialect: string, supported: ReadonlySet<string> = NONE): void {
  for (const [field, isDefault] of Object.entries(ONLY_OPENAI)) {
    if (supported.has(field)) continue;
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value === undefined || value === null || isDefault(value)) continue;
    throw unsupportedField(field, dialect, "leave it out, or use a model that is served in OpenAI's dialect");
  }
}

/** `stop` as an array. @throws {GatewayError} for one of white space alone, which these providers refuse */
export function stopSequences(fields: Fields): readonly string[] {
  const { stop } = fields;
  const all = (Array.isArray(stop) ? stop : [stop]).flatMap((one: unknown) => textOf(one) ?? []);
  if (all.some((one) => one.trim() === ""))
    throw refuse("stop", "`stop` of white space alone is not taken by this model; add a visible character.");
  return all;
}

/** A number field, or `undefined`. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The upper bound of generated tokens. */
export function maxTokensOf(fields: Fields): number | undefined {
  return numberOf(fields.max_completion_tokens) ?? numberOf(fields.max_tokens);
}

/**
 * The schema that the response must follow; `undefined` for free text and for JSON of any schema.
 * @throws {GatewayError} for another format
 */
export function responseSchema(fields: Fields, dialect: string): Fields | undefined {
  const format = isRecord(fields.response_format) ? fields.response_format : { type: "text" };
  if (format.type === "text" || format.type === "json_object") return undefined;
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  if (format.type === "json_schema" && isRecord(schema)) return schema;
  throw unsupportedField("response_format", dialect, 'use type "json_schema" with a schema');
}
