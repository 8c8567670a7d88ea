import { isRecord } from "../../lib/is-record.ts";

/** Fields that identify the client, or set how the response is sent, and never change its content. */
const IGNORED_FIELDS = new Set([
  "metadata",
  "model", // the key has the target that responds
  "priority",
  "prompt_cache_key",
  "prompt_cache_retention",
  "request_id",
  "safety_identifier",
  "service_tier",
  "store",
  "stream",
  "stream_options",
  "user",
]);

/**
 * OpenAI's and vLLM's defaults: a field with its default makes no difference. `null` is every field's default. The
 * defaults of `temperature`, `top_p`, `top_k`, `min_p` and `repetition_penalty` are the model's: vLLM takes them from its
 * `generation_config.json`.
 */
const DEFAULT_VALUES: Readonly<Record<string, unknown>> = {
  best_of: 1,
  echo: false,
  encoding_format: "float",
  frequency_penalty: 0,
  logprobs: false,
  n: 1,
  parallel_tool_calls: true,
  presence_penalty: 0,
};

/**
 * The body of a request as one text that is the same for all equivalent bodies: fields in the order of their names,
 * without those that make no difference.
 */
export function canonicalRequest(fields: Readonly<Record<string, unknown>>): string {
  const canonical: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (IGNORED_FIELDS.has(name) || value === null || DEFAULT_VALUES[name] === value) continue;
    // OpenAI renamed the one to the other; a body with both has both here too.
    const isRenamed = name === "max_completion_tokens" && (fields.max_tokens ?? null) === null;
    canonical[isRenamed ? "max_tokens" : name] = value;
  }
  return canonicalJson(canonical);
}

/** JSON with the fields of every object in the order of their names. The depth was bounded when the body was parsed. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const fields = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${fields.join(",")}}`;
}
