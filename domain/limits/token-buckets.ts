/** Tokens as responses name them in OpenAI's form: details are parts of the prompt and of the completion. */
export interface CountedTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Tokens of the prompt that were read from the provider's cache. @default 0 */
  readonly cachedTokens?: number | undefined;
  /** Tokens of the prompt that were written to the provider's cache. @default 0 */
  readonly cacheWriteTokens?: number | undefined;
  /** Tokens of the completion that are reasoning. @default 0 */
  readonly reasoningTokens?: number | undefined;
}

/** The same as disjoint kinds, each with a price of its own: the first three are the prompt, the others the completion. */
export interface TokenBuckets {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** A detail is never more than what is left of the tokens that it is a part of, so that no token counts twice. */
export function tokenBuckets(counted: CountedTokens): TokenBuckets {
  const prompt = wholeTokens(counted.promptTokens);
  const completion = wholeTokens(counted.completionTokens);
  const cachedInput = Math.min(wholeTokens(counted.cachedTokens ?? 0), prompt);
  const cacheWrite = Math.min(wholeTokens(counted.cacheWriteTokens ?? 0), prompt - cachedInput);
  const reasoning = Math.min(wholeTokens(counted.reasoningTokens ?? 0), completion);
  return {
    input: prompt - cachedInput - cacheWrite,
    cachedInput,
    cacheWrite,
    output: completion - reasoning,
    reasoning,
  };
}

/** Estimates may have parts of a token; a part counts as one. What is no number of tokens counts 0. */
export function wholeTokens(tokens: number): number {
  return tokens > 0 ? Math.ceil(Math.min(tokens, Number.MAX_SAFE_INTEGER)) : 0;
}
