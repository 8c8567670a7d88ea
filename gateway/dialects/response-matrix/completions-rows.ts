import type { ResponseRows } from "./features.ts";

/** What clients of completions get. */
export const COMPLETIONS_ROWS: ResponseRows = {
  text: ["passed", "refused", "refused", "refused", "passed"],
  "log probabilities": ["passed", "refused", "refused", "refused", "passed"],
  "several choices": ["passed", "refused", "refused", "refused", "passed"],
  "the natural end": ["passed", "refused", "refused", "refused", "passed"],
  "the end at the limit of tokens": ["passed", "refused", "refused", "refused", "passed"],
  "the stop sequence that ended it": ["none", "refused", "refused", "refused", "passed"],
  usage: ["passed", "refused", "refused", "refused", "passed"],
  "tokens read from the cache": ["passed", "refused", "refused", "refused", "passed"],
  "the id of the response": ["passed", "refused", "refused", "refused", "passed"],
  "the name of the model": ["passed", "refused", "refused", "refused", "passed"],
  "an error: prompt over the context": [
    "context_length_exceeded",
    "refused",
    "refused",
    "refused",
    "context_length_exceeded",
  ],
  "an error: a wrong field": ["invalid_request", "refused", "refused", "refused", "invalid_request"],
  "an error: refused by a filter": ["content_filter", "refused", "refused", "refused", "none"],
  "an error: our account": ["upstream_error", "refused", "refused", "refused", "none"],
  "an error: our key": ["upstream_error", "refused", "refused", "refused", "upstream_error"],
  "an error: unknown model": ["upstream_error", "refused", "refused", "refused", "upstream_error"],
  "an error: too many requests": ["overloaded", "refused", "refused", "refused", "none"],
  "an error: overloaded": ["overloaded", "refused", "refused", "refused", "overloaded"],
  "an error: the server's fault": ["upstream_error", "refused", "refused", "refused", "upstream_error"],
};
