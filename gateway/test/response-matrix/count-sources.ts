import type { ResponseFeature } from "../../dialects/response-matrix/features.ts";
import { both, type FeatureSources, texts } from "./source.ts";

/** Tokens that are counted, and the names of response and model. */
export const COUNT_SOURCES = {
  usage: {
    pick: ({ usage }) => usage,
    chat: {
      openai: both("text", { prompt: 19, completion: 14 }, { prompt: 19, completion: 5 }),
      anthropic: both("cached-usage", { prompt: 2436, completion: 3 }),
      bedrock: both("cached-usage", { prompt: 2436, completion: 3 }),
      gemini: both("thinking", { prompt: 11, completion: 28 }),
      vllm: both("vllm-text", { prompt: 19, completion: 14 }, { prompt: 19, completion: 5 }),
    },
    completions: {
      openai: texts("openai", "text", { prompt: 19, completion: 14 }, { prompt: 19, completion: 5 }),
      vllm: texts("vllm", "text", { prompt: 19, completion: 14 }, { prompt: 19, completion: 5 }),
    },
  },
  "usage at a stream's start": {
    pick: ({ startUsage }) => startUsage,
    chat: {
      openai: { streamed: "stream-text", value: /^[1-9]\d*$/, isMissing: true },
      anthropic: { streamed: "stream-cached-usage", value: 2436 },
      bedrock: { streamed: "stream-text", value: /^[1-9]\d*$/, isMissing: true },
      gemini: { streamed: "stream-text", value: 19 },
      vllm: { streamed: "vllm-stream-text", value: /^[1-9]\d*$/, isMissing: true },
    },
  },
  "tokens read from the cache": {
    pick: ({ cacheRead }) => cacheRead,
    chat: {
      openai: { whole: "reasoning-and-cached-usage", streamed: "stream-cached-usage", value: 1920 },
      anthropic: both("cached-usage", 1920),
      bedrock: both("cached-usage", 1920),
      gemini: both("cached-usage", 1920),
      vllm: both("vllm-cached-usage", 1920),
    },
    completions: {
      openai: texts("openai", "cached-usage", 1920),
      vllm: texts("vllm", "cached-usage", 1920),
    },
  },
  "tokens written to the cache": {
    pick: ({ cacheWritten }) => cacheWritten,
    chat: { anthropic: both("cached-usage", 512), bedrock: both("cached-usage", 512) },
  },
  "tokens of thinking": {
    pick: ({ thinkingTokens }) => thinkingTokens,
    chat: {
      openai: { whole: "reasoning-and-cached-usage", streamed: "stream-cached-usage", value: 320 },
      anthropic: { ...both("thinking", 27) },
      gemini: both("thinking", 27),
    },
  },
  "the id of the response": {
    pick: ({ id }) => id,
    chat: {
      openai: both("text", "chatcmpl-CB8nS0p2xq7"),
      anthropic: both("text", "msg_01XFDUDYJgAACzvnptvVoYEL"),
      bedrock: { ...both("text", /^(chatcmpl-|msg_|resp_)[\w-]+$/), isMissing: true },
      gemini: both("text", "mAAqaYfSHcq5nvgP5e2F2Ak"),
      vllm: both("vllm-text", "chatcmpl-6f2c1d9ab37e4c0f9f0a"),
    },
    completions: { openai: texts("openai", "text", "cmpl-4d5e6f7a8b"), vllm: texts("vllm", "text", "cmpl-4d5e6f7a8b") },
  },
  "the name of the model": {
    pick: ({ model }) => model,
    chat: {
      openai: both("text", "gpt-4.1-mini-2025-04-14"),
      anthropic: both("text", "claude-sonnet-4-5-20250929"),
      bedrock: { ...both("text", /^bedrock$/), isMissing: true },
      gemini: both("text", "gemini-2.5-flash"),
      vllm: both("vllm-text", "vllm"),
    },
    completions: {
      openai: texts("openai", "text", "gpt-3.5-turbo-instruct"),
      vllm: texts("vllm", "text", "vllm"),
    },
  },
} satisfies Partial<Record<ResponseFeature, FeatureSources>>;
