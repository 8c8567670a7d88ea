import type { ResponseFeature } from "../../dialects/response-matrix/features.ts";
import { both, type FeatureSources, texts } from "./source.ts";

/** Reasons for which a response ends. */
export const END_SOURCES = {
  "the natural end": {
    pick: ({ stop }) => stop,
    chat: {
      openai: both("text", "end"),
      anthropic: both("text", "end"),
      bedrock: both("text", "end"),
      gemini: both("text", "end"),
      vllm: both("vllm-text", "end"),
    },
    completions: { openai: texts("openai", "text", "end"), vllm: texts("vllm", "text", "end") },
  },
  "the end at the limit of tokens": {
    pick: ({ stop }) => stop,
    chat: {
      openai: both("cut-at-max-tokens", "length"),
      anthropic: both("cut-at-max-tokens", "length"),
      bedrock: both("cut-at-max-tokens", "length"),
      gemini: both("cut-at-max-tokens", "length"),
      vllm: both("vllm-cut-at-max-tokens", "length"),
    },
    completions: {
      openai: texts("openai", "cut-at-max-tokens", "length"),
      vllm: texts("vllm", "cut-at-max-tokens", "length"),
    },
  },
  "the end at the model's context": {
    pick: ({ stop }) => stop,
    chat: { anthropic: both("cut-at-context-window", "length"), bedrock: both("cut-at-context-window", "length") },
  },
  "the stop sequence that ended it": {
    pick: ({ stopSequence }) => stopSequence,
    chat: {
      anthropic: both("stop-sequence", "three"),
      bedrock: { whole: "stop-sequence-named", streamed: "stream-stop-sequence", value: "three" },
      vllm: both("vllm-stop-sequence", "three"),
    },
    completions: { vllm: texts("vllm", "stop-sequence", "three") },
  },
  "the end for calls": {
    pick: ({ stop }) => stop,
    chat: {
      openai: both("tool-call", "calls"),
      anthropic: both("tool-call", "calls"),
      bedrock: both("tool-call", "calls"),
      gemini: both("tool-call", "calls"),
      vllm: both("vllm-tool-call", "calls"),
    },
  },
  "calls with another end": {
    pick: ({ stop }) => stop,
    chat: {
      openai: both("tool-call-at-stop", "calls"),
      anthropic: both("tool-call-at-end-turn", "calls"),
      bedrock: both("tool-call-at-end-turn", "calls"),
    },
  },
  "the end by a filter": {
    pick: ({ stop }) => stop,
    chat: {
      openai: both("content-filter", "filter"),
      anthropic: both("refusal", "filter"),
      bedrock: both("guardrail", "filter"),
      gemini: both("safety", "filter"),
    },
  },
  "a blocked prompt": { pick: ({ stop }) => stop, chat: { gemini: both("prompt-blocked", "filter") } },
  "a paused turn": {
    pick: ({ stop }) => (stop === "pause" ? stop : undefined),
    chat: { anthropic: both("paused-turn", "pause") },
  },
  "calls that the model got wrong": {
    pick: ({ error }) => error?.code,
    chat: {
      bedrock: both("malformed-tool-use", "upstream_error"),
      gemini: both("malformed-function-call", "upstream_error"),
    },
  },
} satisfies Partial<Record<ResponseFeature, FeatureSources>>;
