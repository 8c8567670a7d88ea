import { isRecord } from "../../../lib/is-record.ts";
import type { ResponseFeature } from "../../dialects/response-matrix/features.ts";
import type { Seen } from "./seen.ts";
import { both, type FeatureSources, texts } from "./source.ts";

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

/** Texts, calls, thinking and what goes with them. */
export const CONTENT_SOURCES = {
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
