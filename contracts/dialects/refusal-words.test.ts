import { describe, expect, test } from "vitest";
import { anthropicFiltered, anthropicTooLong, openAiTooLong } from "./refusal-words.ts";

describe("a prompt that is too long", () => {
  const openAi = "This model's maximum context length is 1000 tokens, but the prompt has 2000. Shorten the prompt.";
  const anthropic = "prompt is too long: 2000 tokens > 1000 maximum";

  test.each([
    anthropic,
    "The input token count (2000) exceeds the maximum number of tokens allowed (1000).",
    "Too many input tokens. Max input tokens: 1000, request input token count: 2000",
    "This model's maximum prompt length is 1000 but the request contains 2000 tokens.",
  ])("%j has the numbers in OpenAI's words and in Anthropic's", (message) => {
    expect([openAiTooLong(message), anthropicTooLong(openAiTooLong(message))]).toEqual([openAi, anthropic]);
  });

  test.each([
    "Input is too long for requested model.",
    "claude-sonnet-4-5-20250929 takes 1000 tokens, not 2000, of which 1500 are cached.",
  ])("%j is passed on behind the words that clients look for", (message) => {
    expect(openAiTooLong(message)).toBe(`The prompt is over this model's maximum context length: ${message}`);
    expect(anthropicTooLong(message)).toBe(`prompt is too long: ${message}`);
  });

  test("keeps the numbers by which agents lower max_tokens", () => {
    const message = "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease one of them";
    expect(anthropicTooLong(openAiTooLong(message))).toBe(message);
  });

  test("is not made of a longest response that is over the context", () => {
    const message = "This model's maximum context length is 1000 tokens, but `max_tokens` is 2000. Lower it.";
    expect(anthropicTooLong(message)).toBe(`prompt is too long: ${message}`);
  });
});

test("a filter's refusal has Anthropic's words once", () => {
  const message = "Output blocked by content filtering policy";
  expect(anthropicFiltered(message)).toBe(message);
  expect(anthropicFiltered("Content Exists Risk")).toBe(`${message}: Content Exists Risk`);
});
