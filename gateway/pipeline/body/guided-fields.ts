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
const OLD_NAMES = Object.keys(NAMES);

/**
 * vLLM ignores fields that it does not know, and since 0.12 these are among them
 * (https://docs.vllm.ai/en/latest/features/structured_outputs/): the completion would be free text. So they become
 * `structured_outputs`. Where a request has both, the engine refuses it.
 * @returns the same object when there is no field to translate
 */
export function withoutGuidedFields(fields: Fields): Fields {
  // Each request comes by here, and hardly any has one of them.
  if (!OLD_NAMES.some((name) => fields[name] != null && Object.hasOwn(fields, name))) return fields;
  const found = Object.entries(NAMES).filter(([name]) => Object.hasOwn(fields, name) && fields[name] != null);
  const { structured_outputs: outputs, guided_decoding_backend: _, ...rest } = fields;
  const others = Object.entries(rest).filter(([name]) => !Object.hasOwn(NAMES, name));
  const translated = found.map(([name, newName]) => [newName, fields[name]]);
  return {
    ...Object.fromEntries(others),
    structured_outputs: { ...(isRecord(outputs) ? outputs : {}), ...Object.fromEntries(translated) },
  };
}
