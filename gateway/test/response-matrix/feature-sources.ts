import { isRecord } from "../../../lib/is-record.ts";
import type { TargetKind } from "../../dialects/matrix.ts";
import type { ResponseFeature } from "../../dialects/response-matrix/features.ts";
import { ERROR_SOURCES } from "./error-sources.ts";
import type { Seen } from "./seen.ts";

/** Responses of one kind of target that have a feature, and what a client should see of it. */
export interface Source {
  /** Name of the recorded response; `undefined` where the feature is one of streams alone. */
  readonly whole?: string;
  readonly streamed?: string;
  /** Of the whole response, and of the stream where `streamedValue` is missing. For an error: its code. */
  readonly value: unknown;
  readonly streamedValue?: unknown;
  /** Whether the target does not send it, so that the gateway has to make it: then `value` is its pattern. */
  readonly isMissing?: boolean;
  /** Words of the target that no client may get. */
  readonly hidden?: RegExp;
  /** Least seconds of `retry-after`. */
  readonly retryAfter?: number;
}

export interface FeatureSources {
  /** The feature in what a client sees. */
  readonly pick: (seen: Seen) => unknown;
  readonly chat: Partial<Readonly<Record<TargetKind, Source>>>;
  /** Of targets' texts, for clients of completions. @default - completions do not have the feature */
  readonly completions?: Partial<Readonly<Record<"openai" | "vllm", Source>>>;
}

/** The same value, whole and streamed: the stream's file has the prefix `stream-`. */
function both(name: string, value: unknown, streamedValue?: unknown): Source {
  const streamed = name.startsWith("vllm-") ? name.replace("vllm-", "vllm-stream-") : `stream-${name}`;
  return { whole: name, streamed, value, ...(streamedValue === undefined ? {} : { streamedValue }) };
}

/** The same for a response to completions. */
function texts(server: "openai" | "vllm", name: string, value: unknown, streamedValue?: unknown): Source {
  return {
    whole: `${server}-${name}`,
    streamed: `${server}-stream-${name}`,
    value,
    ...(streamedValue === undefined ? {} : { streamedValue }),
  };
}

const FJORD = "Oslo lies at the head of a fjord. Grüße! 🌊";
const WAVE = "Grüße 🌊!";
const oslo = { name: "weather", input: { city: "Oslo" } };
const celsius = { name: "weather", input: { city: "Oslo", unit: "celsius" } };
const bergen = { name: "weather", input: { city: "Bergen" } };
const cities = { name: "list_cities", input: {} };
const SIGNATURE = "EqQBCgIYAhIM+sg/Zm9v4CHq";
const THOUGHT_SIGNATURE = "CiQBVKhc7kq2W3lkMmFi";
const REDACTED = "EmwKAhgBEgy3va3pzix/LafPsn4a";
const MADE_CALL_IDS = /^(call_[\w-]+,?)+$/;

/** The page of a citation, in the form of each API. */
function pageOf(citation: unknown): unknown {
  const own = isRecord(citation) && isRecord(citation.url_citation) ? citation.url_citation : citation;
  return isRecord(own) ? own.url : own;
}

const callsIn = ({ calls }: Seen) => calls?.map(({ name, input }) => ({ name, input }));
const callIdsIn = ({ calls }: Seen) => calls?.map(({ id }) => id);
const logprobsOfHi = [{ token: "Hi", logprob: -0.0012 }];
const coins = ["Heads.", "Tails."];

const CONTENT = {
  text: {
    pick: ({ text }) => text,
    chat: {
      openai: both("text", FJORD, WAVE),
      anthropic: both("text", FJORD, WAVE),
      bedrock: both("text", FJORD, WAVE),
      gemini: both("text", FJORD, WAVE),
      vllm: both("vllm-text", FJORD, WAVE),
    },
    completions: { openai: texts("openai", "text", FJORD, WAVE), vllm: texts("vllm", "text", FJORD, WAVE) },
  },
  "a call of a tool": {
    pick: callsIn,
    chat: {
      openai: both("tool-call", [celsius], [oslo]),
      anthropic: both("tool-call", [celsius], [oslo]),
      bedrock: both("tool-call", [celsius], [oslo]),
      gemini: both("tool-call", [celsius], [oslo]),
      vllm: both("vllm-tool-call", [oslo]),
    },
  },
  "several calls": {
    pick: callsIn,
    chat: {
      openai: both("parallel-tool-calls", [oslo, bergen]),
      anthropic: both("parallel-tool-calls", [oslo, bergen]),
      bedrock: both("parallel-tool-calls", [oslo, bergen]),
      gemini: both("parallel-tool-calls", [oslo, bergen]),
      vllm: both("vllm-parallel-tool-calls", [oslo, bergen]),
    },
  },
  "a call without arguments": {
    pick: callsIn,
    chat: {
      openai: both("tool-call-without-arguments", [cities]),
      anthropic: both("tool-call-without-arguments", [cities]),
      bedrock: both("tool-call-without-arguments", [cities]),
      gemini: both("tool-call-without-arguments", [cities]),
      vllm: both("vllm-tool-call-without-arguments", [cities]),
    },
  },
  "the id of a call": {
    pick: callIdsIn,
    chat: {
      openai: both("parallel-tool-calls", ["call_a1", "call_b2"]),
      anthropic: both("parallel-tool-calls", ["toolu_01A", "toolu_01B"]),
      bedrock: both("parallel-tool-calls", ["tooluse_a", "tooluse_b"]),
      gemini: both("parallel-tool-calls", ["fn-1", "fn-2"]),
      vllm: both("vllm-parallel-tool-calls", ["chatcmpl-tool-0a1b", "chatcmpl-tool-2c3d"]),
    },
  },
  "ids of calls that have none": {
    pick: callIdsIn,
    chat: {
      openai: {
        whole: "tool-call-without-id",
        streamed: "stream-call-without-id",
        value: MADE_CALL_IDS,
        isMissing: true,
      },
      anthropic: { ...both("tool-call-without-id", MADE_CALL_IDS), isMissing: true },
      bedrock: { ...both("tool-call-without-id", MADE_CALL_IDS), isMissing: true },
      gemini: { ...both("tool-calls-without-id", MADE_CALL_IDS), isMissing: true },
    },
  },
  thinking: {
    pick: ({ thinking }) => thinking,
    chat: {
      openai: { streamed: "stream-reasoning", value: "Two twos…" },
      anthropic: both("thinking", "Two twos…"),
      bedrock: both("reasoning", "Two twos…"),
      gemini: both("thinking", "Two twos…"),
      vllm: both("vllm-reasoning", "Two twos…"),
    },
  },
  "the signature of thinking": {
    pick: ({ signatures }) => signatures,
    chat: {
      anthropic: both("thinking", [SIGNATURE]),
      bedrock: both("reasoning", [SIGNATURE]),
      gemini: both("thinking", [THOUGHT_SIGNATURE]),
    },
  },
  "a signature without thinking": {
    pick: ({ signatures }) => signatures,
    chat: {
      anthropic: both("thinking-omitted", [SIGNATURE]),
      gemini: { whole: "signature-without-thoughts", streamed: "stream-signature-at-end", value: [THOUGHT_SIGNATURE] },
    },
  },
  "redacted thinking": {
    pick: ({ redacted }) => redacted,
    chat: {
      anthropic: both("redacted-thinking", [REDACTED]),
      bedrock: both("redacted-reasoning", [REDACTED]),
    },
  },
  "thinking between texts": {
    pick: ({ order }) => order,
    chat: {
      anthropic: both("interleaved-thinking", ["thinking First", "text Hm.", "thinking Then", "call weather"]),
      bedrock: both("interleaved-reasoning", ["thinking First", "text Hm.", "thinking Then", "call weather"]),
    },
  },
  "a refusal in words": {
    pick: ({ refusal, text }) => refusal ?? text,
    chat: { openai: both("refusal", "I can't help with that.") },
  },
  "text with citations": {
    pick: ({ text }) => text,
    chat: {
      openai: both("citations", "Oslo has a fjord."),
      anthropic: both("several-text-blocks", "It is cold today."),
      bedrock: both("citations", "It is cold today."),
      gemini: both("citations", "Oslo has a fjord."),
    },
  },
  citations: {
    pick: ({ citations }) => citations?.length,
    chat: {
      openai: both("citations", 1),
      anthropic: both("several-text-blocks", 1),
      bedrock: both("citations", 1),
      gemini: both("citations", 1),
    },
  },
  "citations of web pages": {
    pick: ({ citations }) => citations?.map(pageOf),
    chat: {
      openai: both("citations", ["https://example.com/oslo"]),
      anthropic: both("web-citations", ["https://example.com/weather"]),
      bedrock: both("web-citations", ["https://example.com/weather"]),
      gemini: both("citations", ["https://example.com/oslo"]),
    },
  },
  "calls of tools that the provider runs": {
    pick: ({ ownTools }) => ownTools,
    chat: { anthropic: both("paused-turn", ["server_tool_use"], ["server_tool_use", "web_search_tool_result"]) },
  },
  "log probabilities": {
    pick: ({ logprobs }) => logprobs,
    chat: {
      openai: both("logprobs", logprobsOfHi),
      gemini: both("logprobs", logprobsOfHi),
      vllm: both("vllm-logprobs", logprobsOfHi),
    },
    completions: {
      openai: texts("openai", "logprobs", logprobsOfHi),
      vllm: texts("vllm", "logprobs", logprobsOfHi),
    },
  },
  "several choices": {
    pick: ({ choices }) => choices,
    chat: {
      openai: both("several-choices", coins, ["Heads", "Tails"]),
      gemini: both("several-candidates", coins),
      vllm: both("vllm-several-choices", coins),
    },
    completions: {
      openai: texts("openai", "several-choices", coins),
      vllm: texts("vllm", "several-choices", coins),
    },
  },
} satisfies Partial<Record<ResponseFeature, FeatureSources>>;

const ENDS = {
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

const COUNTS = {
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

/** Every feature: one without sources does not compile. */
export const RESPONSE_FEATURES: Readonly<Record<ResponseFeature, FeatureSources>> = {
  ...CONTENT,
  ...ENDS,
  ...COUNTS,
  ...ERROR_SOURCES,
};
