import type { ResponseRows } from "./features.ts";

/** What clients of chat completions, Messages and Responses get in place of a response, each in the words of its dialect. */
export const ERROR_ROWS = {
  "an error: prompt over the context": [
    "context_length_exceeded",
    "context_length_exceeded",
    "context_length_exceeded",
    "context_length_exceeded",
    "context_length_exceeded",
  ],
  "an error: a wrong field": [
    "invalid_request",
    "invalid_request",
    "invalid_request",
    "invalid_request",
    "invalid_request",
  ],
  "an error: refused by a filter": ["content_filter", "content_filter", "content_filter", "none", "none"],
  "an error: our account": ["upstream_error", "upstream_error", "upstream_error", "upstream_error", "none"],
  "an error: our key": ["upstream_error", "upstream_error", "upstream_error", "upstream_error", "upstream_error"],
  "an error: unknown model": ["upstream_error", "upstream_error", "upstream_error", "upstream_error", "upstream_error"],
  "an error: too many requests": ["overloaded", "overloaded", "overloaded", "overloaded", "none"],
  "an error: overloaded": ["overloaded", "overloaded", "overloaded", "overloaded", "overloaded"],
  "an error: the server's fault": [
    "upstream_error",
    "upstream_error",
    "upstream_error",
    "upstream_error",
    "upstream_error",
  ],
  "an error in a stream: overloaded": ["none", "overloaded", "overloaded", "overloaded", "none"],
  "an error in a stream: a wrong field": ["none", "invalid_request", "invalid_request", "invalid_request", "none"],
  "an error in a stream: refused by a filter": ["none", "content_filter", "none", "none", "none"],
  "an error in a stream: the server's fault": [
    "upstream_error",
    "upstream_error",
    "upstream_error",
    "upstream_error",
    "upstream_error",
  ],
  "an error in a stream: our account": ["upstream_error", "upstream_error", "upstream_error", "upstream_error", "none"],
  "a stream that breaks off": [
    "stream_interrupted",
    "stream_interrupted",
    "stream_interrupted",
    "stream_interrupted",
    "stream_interrupted",
  ],
} as const satisfies Partial<ResponseRows>;
