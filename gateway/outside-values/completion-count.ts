const MAX_COMPLETIONS = 1_000_000;

/**
 * How many completions a body asks for: `n` or `best_of` of them for each prompt. A provider bills each.
 * @param fields checked by the endpoint's schema
 */
export function completionCount(fields: Readonly<Record<string, unknown>>): number {
  const each = Math.max(1, wholeNumber(fields.n), wholeNumber(fields.best_of));
  return Math.min(MAX_COMPLETIONS, each * promptCount(fields.prompt));
}

/**
 * Sequences that one of our engines works on for a body: `n` for each prompt. vLLM counts each against its limit, and has
 * no `best_of`. @param fields checked by the endpoint's schema
 */
export function sequenceCount(fields: Readonly<Record<string, unknown>>): number {
  return Math.min(MAX_COMPLETIONS, Math.max(1, wholeNumber(fields.n)) * promptCount(fields.prompt));
}

/** A list of numbers is the tokens of one prompt. */
function promptCount(prompt: unknown): number {
  if (!Array.isArray(prompt) || typeof prompt[0] === "number") return 1;
  return Math.max(1, prompt.length);
}

function wholeNumber(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.floor(value) : 1;
}
