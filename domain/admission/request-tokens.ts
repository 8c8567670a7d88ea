/** Chat completions without a limit have a few hundred tokens; this is a generous estimate. */
const TOKENS_WITHOUT_LIMIT = 512;
/** Few completions reach a very high limit: a client that always sends 100,000 is not counted as that much more work. */
const MOST_COMPLETION_TOKENS = 4096;

/**
 * Estimated cost of a request in tokens, before it runs: prompt and completions.
 * @param completions that it wants, each of at most `maxTokens`
 */
export function requestTokens(promptTokens: number, maxTokens: number | undefined, completions = 1): number {
  const each = Math.min(maxTokens ?? TOKENS_WITHOUT_LIMIT, MOST_COMPLETION_TOKENS);
  return Math.max(1, promptTokens + completions * each);
}
