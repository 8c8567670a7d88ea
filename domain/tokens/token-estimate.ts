/**
 * UTF-8 bytes of English text per token in current vocabularies of 32,000 to 200,000 entries: about four
 * (https://platform.openai.com/tokenizer says "~4 characters of text for common English text").
 */
const BYTES_PER_TOKEN = 4;

/** Estimated tokens of a text of so many bytes; at least one. For admission and routing, never for billing. */
export function estimateTokens(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BYTES_PER_TOKEN));
}
