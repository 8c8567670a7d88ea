import type { FinishReason, Usage } from "../../../contracts/api/sampling.ts";
import { countOf } from "../../outside-values/token-count.ts";

/** The finish reason of a response, by a provider's own words for it; `stop` for an unknown word. */
export function finishReasonOf(reasons: Readonly<Record<string, FinishReason>>, stopReason: unknown): FinishReason {
  const isKnown = typeof stopReason === "string" && Object.hasOwn(reasons, stopReason);
  return (isKnown ? reasons[stopReason] : undefined) ?? "stop";
}

/** Counts of providers that report tokens read from and written to their cache apart from the rest of the prompt. */
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
