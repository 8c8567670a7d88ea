import { expect, test } from "vitest";
import { largerOf } from "./event-usage.ts";
import { tokensOf } from "./usage.ts";

test("a usage has the tokens of its details, never more than it has altogether", () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 99 },
    completion_tokens_details: { reasoning_tokens: 3 },
  };
  expect(tokensOf(usage)).toEqual({ promptTokens: 10, completionTokens: 5, cachedTokens: 10, reasoningTokens: 3 });
  for (const details of [null, 7, { cached_tokens: -1 }, { cached_tokens: "4" }])
    expect(tokensOf({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: details })).toEqual({
      promptTokens: 10,
      completionTokens: 5,
    });
});

test("counts of a stream never fall, those of the details neither", () => {
  const first = { promptTokens: 10, completionTokens: 5, cachedTokens: 8 };
  expect(largerOf(first, { promptTokens: 10, completionTokens: 6, reasoningTokens: 1 })).toEqual({
    promptTokens: 10,
    completionTokens: 6,
    cachedTokens: 8,
    reasoningTokens: 1,
  });
});
