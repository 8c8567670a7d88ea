import { describe, expect, test } from "vitest";
import type { ProviderDialectName } from "../../contracts/targets/provider-dialects.ts";
import { type CountedTokens, type TokenBuckets, tokenBuckets } from "../../domain/limits/token-buckets.ts";
import { tokensOf } from "../relay/usage.ts";
import { type RecordedResponse, recordedResponses } from "../test/recorded-responses.ts";
import { relayed, responseFor } from "../test/replay-recorded.ts";

/** The last count of a name in a provider's own bytes: in a stream the later event corrects those before. */
type Counts = (name: string) => number;

/** What each provider's reference says that its counts are, as disjoint kinds. */
const OWN_BUCKETS: Readonly<Record<ProviderDialectName, (count: Counts) => TokenBuckets>> = {
  // The details are parts of the prompt and of the completion.
  openai: (count) => ({
    input: count("prompt_tokens") - count("cached_tokens") - count("cache_write_tokens"),
    cachedInput: count("cached_tokens"),
    cacheWrite: count("cache_write_tokens"),
    output: count("completion_tokens") - count("reasoning_tokens"),
    reasoning: count("reasoning_tokens"),
  }),
  // The three counts of the prompt exclude each other; thinking is part of the output.
  anthropic: (count) => ({
    input: count("input_tokens"),
    cachedInput: count("cache_read_input_tokens"),
    cacheWrite: count("cache_creation_input_tokens"),
    output: count("output_tokens") - count("thinking_tokens"),
    reasoning: count("thinking_tokens"),
  }),
  bedrock: (count) => ({
    input: count("inputTokens"),
    cachedInput: count("cacheReadInputTokens"),
    cacheWrite: count("cacheWriteInputTokens"),
    output: count("outputTokens"),
    reasoning: 0,
  }),
  // Cached content is part of the prompt; thoughts are beside the candidates.
  gemini: (count) => ({
    input: count("promptTokenCount") + count("toolUsePromptTokenCount") - count("cachedContentTokenCount"),
    cachedInput: count("cachedContentTokenCount"),
    cacheWrite: 0,
    output: count("candidatesTokenCount"),
    reasoning: count("thoughtsTokenCount"),
  }),
};

const PROMPT_NAME: Readonly<Record<ProviderDialectName, string>> = {
  openai: "prompt_tokens",
  anthropic: "input_tokens",
  bedrock: "inputTokens",
  gemini: "promptTokenCount",
};

function countsIn(text: string): Counts {
  return (name) => Number([...text.matchAll(new RegExp(`"${name}"\\s*:\\s*(\\d+)`, "g"))].at(-1)?.[1] ?? 0);
}

/** Undefined where there is none, and for a stream that was broken off, whose last tokens are estimated. */
function countedBy(one: RecordedResponse): CountedTokens | undefined {
  if (!one.isStream) return tokensOf(responseFor(one, "chat").usage);
  const { promptTokens, completionTokens, errorCode, ...details } = relayed(one, "chat", []).facts;
  if (errorCode !== undefined || promptTokens === undefined || completionTokens === undefined) return undefined;
  return { promptTokens, completionTokens, ...details };
}

const counted = recordedResponses()
  .filter(({ status, provider, body }) => status === 200 && body.includes(`"${PROMPT_NAME[provider]}"`))
  .map((one) => [`${one.provider}/${one.name}`, one, countedBy(one)] as const)
  .filter(([, , tokens]) => tokens !== undefined);

describe("the tokens of a recorded response", () => {
  test("are known of most that name them, of every provider", () => {
    expect(new Set(counted.map(([, { provider }]) => provider)).size).toBe(Object.keys(OWN_BUCKETS).length);
    expect(counted.length).toBeGreaterThan(60);
  });

  // documented: tokens-conserved
  test.each(counted)(
    "%s are disjoint kinds that sum up to prompt and completion, as its provider counts them",
    (_title, one, tokens) => {
      const { promptTokens, completionTokens } = tokens as CountedTokens;
      const buckets = tokenBuckets(tokens as CountedTokens);
      expect(buckets.input + buckets.cachedInput + buckets.cacheWrite).toBe(promptTokens);
      expect(buckets.output + buckets.reasoning).toBe(completionTokens);
      expect(buckets).toEqual(OWN_BUCKETS[one.provider](countsIn(one.body.toString("utf8"))));
    },
  );
});
