import type { FinishReason, Usage } from "../../../contracts/api/sampling.ts";
import { countOf } from "../../outside-values/token-count.ts";

/** Why an answer ended, by a provider's own words for it; `stop` for a word that is not known. */
export function finishReasonOf(words: Readonly<Record<string, FinishReason>>, stopReason: unknown): FinishReason {
  const isKnown = typeof stopReason === "string" && Object.hasOwn(words, stopReason);
  return (isKnown ? words[stopReason] : undefined) ?? "stop";
}

/** Counts of providers that tell what came from their cache, and went there, apart from the rest of the prompt. */
export interface ApartCounts {
  readonly input: unknown;
  readonly cacheRead: unknown;
  readonly cacheWritten: unknown;
  readonly output: unknown;
}

/** The same in OpenAI's form, which counts the whole prompt together. */
export function usageOf({ input, cacheRead, cacheWritten, output }: ApartCounts): Usage {
  const read = countOf(cacheRead) ?? 0;
  const written = countOf(cacheWritten) ?? 0;
  const prompt = (countOf(input) ?? 0) + read + written;
  const completion = countOf(output) ?? 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: read, ...(written > 0 ? { cache_write_tokens: written } : {}) },
  };
}
