import type { ErrorCode } from "../../../contracts/api/errors.ts";
import type { ResponseFeature } from "../../dialects/response-matrix/features.ts";
import type { Seen } from "./seen.ts";
import type { FeatureSources, Source } from "./source.ts";

type ErrorFeature = Extract<ResponseFeature, `an error${string}` | "a stream that breaks off">;

const codeIn = ({ error }: Seen) => error?.code;

/** An error before a response, which requests of both kinds get. */
function before(name: string, value: ErrorCode, more: Partial<Source> = {}): Source {
  return { whole: name, streamed: name, value, ...more };
}

/** An error in the middle of a stream. */
function within(name: string, value: ErrorCode, more: Partial<Source> = {}): Source {
  return { streamed: name, value, ...more };
}

/** Errors of targets of OpenAI's dialect are the same for completions. */
function alsoTexts(chat: FeatureSources["chat"]): FeatureSources {
  const { openai, vllm } = chat;
  const completions = { ...(openai === undefined ? {} : { openai }), ...(vllm === undefined ? {} : { vllm }) };
  return { pick: codeIn, chat, completions };
}

const ACCOUNT = /billing|credit|account|payment|org-|API key/i;

export const ERROR_SOURCES: Readonly<Record<ErrorFeature, FeatureSources>> = {
  "an error: prompt over the context": alsoTexts({
    openai: before("error-400-context-length", "context_length_exceeded"),
    anthropic: before("error-400-prompt-too-long", "context_length_exceeded"),
    bedrock: before("error-400-too-long", "context_length_exceeded"),
    gemini: before("error-400-token-count", "context_length_exceeded"),
    vllm: before("vllm-error-400-context-length", "context_length_exceeded"),
  }),
  "an error: a wrong field": alsoTexts({
    openai: before("error-400-field", "invalid_request"),
    anthropic: before("error-400-field", "invalid_request"),
    bedrock: before("error-400-validation", "invalid_request"),
    gemini: before("error-400-field", "invalid_request"),
    vllm: before("vllm-error-400-field", "invalid_request"),
  }),
  "an error: refused by a filter": alsoTexts({
    openai: before("error-400-content-filter", "content_filter"),
    anthropic: before("error-400-content-filter", "content_filter"),
    bedrock: before("error-400-content-filter", "content_filter"),
  }),
  "an error: our account": alsoTexts({
    openai: before("error-400-billing-limit", "upstream_error", { hidden: ACCOUNT }),
    anthropic: before("error-400-credit", "upstream_error", { hidden: ACCOUNT }),
    bedrock: before("error-400-account", "upstream_error", { hidden: /operation/i }),
    gemini: before("error-400-key", "upstream_error", { hidden: ACCOUNT }),
  }),
  "an error: our key": alsoTexts({
    openai: before("error-401-key", "upstream_error", { hidden: /key/i }),
    anthropic: before("error-401-key", "upstream_error", { hidden: /key/i }),
    bedrock: before("error-403-access", "upstream_error", { hidden: /access/i }),
    gemini: before("error-401-credentials", "upstream_error", { hidden: /credential/i }),
    vllm: before("vllm-error-401-key", "upstream_error", { hidden: /unauthorized/i }),
  }),
  "an error: unknown model": alsoTexts({
    openai: before("error-404-model", "upstream_error"),
    anthropic: before("error-404-model", "upstream_error"),
    bedrock: before("error-404-model", "upstream_error"),
    gemini: before("error-404-model", "upstream_error"),
    vllm: before("vllm-error-404-model", "upstream_error"),
  }),
  "an error: too many requests": alsoTexts({
    openai: before("error-429-rate-limit", "overloaded", { hidden: ACCOUNT }),
    anthropic: before("error-429-rate-limit", "overloaded", { hidden: ACCOUNT, retryAfter: 23 }),
    bedrock: before("error-429-throttled", "overloaded"),
    gemini: before("error-429-quota", "overloaded", { hidden: ACCOUNT, retryAfter: 34 }),
  }),
  "an error: overloaded": alsoTexts({
    openai: before("error-503-overloaded", "overloaded", { retryAfter: 20 }),
    anthropic: before("error-529-overloaded", "overloaded"),
    bedrock: before("error-503-unavailable", "overloaded", { retryAfter: 2 }),
    gemini: before("error-503-overloaded", "overloaded"),
    vllm: before("vllm-error-503-paused", "overloaded"),
  }),
  "an error: the server's fault": alsoTexts({
    openai: before("error-500", "upstream_error"),
    anthropic: before("error-500", "upstream_error"),
    bedrock: before("error-500", "upstream_error"),
    gemini: before("error-500", "upstream_error"),
    vllm: before("vllm-error-500", "upstream_error", { hidden: /EngineCore/ }),
  }),
  "an error in a stream: overloaded": {
    pick: codeIn,
    chat: {
      anthropic: within("stream-error-overloaded", "overloaded"),
      bedrock: within("stream-error-throttled", "overloaded"),
      gemini: within("stream-error-overloaded", "overloaded"),
    },
  },
  "an error in a stream: a wrong field": {
    pick: codeIn,
    chat: {
      anthropic: within("stream-error-field", "invalid_request"),
      bedrock: within("stream-error-validation", "invalid_request"),
      gemini: within("stream-error-field", "invalid_request"),
    },
  },
  "an error in a stream: refused by a filter": {
    pick: codeIn,
    chat: { anthropic: within("stream-error-content-filter", "content_filter") },
  },
  "an error in a stream: the server's fault": {
    pick: codeIn,
    chat: {
      openai: within("stream-error", "upstream_error"),
      anthropic: within("stream-error-server", "upstream_error"),
      bedrock: within("stream-error-server", "upstream_error"),
      gemini: within("stream-error-server", "upstream_error"),
      vllm: within("vllm-stream-error", "upstream_error"),
    },
  },
  "an error in a stream: our account": {
    pick: codeIn,
    chat: {
      openai: within("stream-error-about-account", "upstream_error", { hidden: ACCOUNT }),
      anthropic: within("stream-error-about-account", "upstream_error", { hidden: ACCOUNT }),
      bedrock: within("stream-error-about-account", "upstream_error", { hidden: /operation|account/i }),
      gemini: within("stream-error-about-account", "upstream_error", { hidden: ACCOUNT }),
    },
  },
  "a stream that breaks off": {
    pick: codeIn,
    chat: {
      openai: within("stream-truncated", "stream_interrupted"),
      anthropic: within("stream-truncated", "stream_interrupted"),
      bedrock: within("stream-truncated", "stream_interrupted"),
      gemini: within("stream-truncated", "stream_interrupted"),
      vllm: within("vllm-stream-truncated", "stream_interrupted"),
    },
  },
};
