/** Answers of chat models without a limit are a few hundred tokens long; this is a generous one. */
const TOKENS_WITHOUT_LIMIT = 512;
/** Few completions come near a very high limit: a client that always writes 100,000 isn't held to be so much more work. */
const MOST_COMPLETION_TOKENS = 4096;

/** What a request is held to cost the engine, in tokens, before it runs: prompt and completion. */
export function requestTokens(promptTokens: number, maxTokens: number | undefined): number {
  return Math.max(1, promptTokens + Math.min(maxTokens ?? TOKENS_WITHOUT_LIMIT, MOST_COMPLETION_TOKENS));
}
