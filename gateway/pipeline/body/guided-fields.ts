import { isRecord } from "../../../lib/is-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** vLLM's older field, and what it is in `structured_outputs`. */
const NAMES = {
  guided_json: "json",
  guided_regex: "regex",
  guided_choice: "choice",
  guided_grammar: "grammar",
  guided_whitespace_pattern: "whitespace_pattern",
} as const;

/**
 * vLLM passes over fields that it no longer knows, and since 0.12 these are among them
 * (https://docs.vllm.ai/en/latest/features/structured_outputs/): the answer would be free text. So they become
 * `structured_outputs`. What they say together with it is the engine's to refuse.
 * @returns the same object when there is nothing to translate
 */
export function withoutGuidedFields(fields: Fields): Fields {
  const found = Object.entries(NAMES).filter(([name]) => Object.hasOwn(fields, name) && fields[name] != null);
  if (found.length === 0) return fields;
  const { structured_outputs: outputs, guided_decoding_backend: _, ...rest } = fields;
  const kept = Object.entries(rest).filter(([name]) => !Object.hasOwn(NAMES, name));
  const translated = found.map(([name, newName]) => [newName, fields[name]]);
  return {
    ...Object.fromEntries(kept),
    structured_outputs: { ...(isRecord(outputs) ? outputs : {}), ...Object.fromEntries(translated) },
  };
}
