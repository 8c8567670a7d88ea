import type { ResponseRows } from "./features.ts";

/** What clients of completions get. */
export const COMPLETIONS_ROWS: ResponseRows = {
  text: ["passed", "none", "none", "none", "passed"],
  "log probabilities": ["passed", "none", "none", "none", "passed"],
  "several choices": ["passed", "none", "none", "none", "passed"],
  "the natural end": ["passed", "none", "none", "none", "passed"],
  "the end at the limit of tokens": ["passed", "none", "none", "none", "passed"],
  "the stop sequence that ended it": ["none", "none", "none", "none", "passed"],
  usage: ["passed", "none", "none", "none", "passed"],
  "tokens read from the cache": ["passed", "none", "none", "none", "passed"],
  "the id of the response": ["passed", "none", "none", "none", "passed"],
  "the name of the model": ["passed", "none", "none", "none", "passed"],
  "an error: prompt over the context": ["context_length_exceeded", "none", "none", "none", "context_length_exceeded"],
  "an error: a wrong field": ["invalid_request", "none", "none", "none", "invalid_request"],
  "an error: our account": ["upstream_error", "none", "none", "none", "none"],
  "an error: our key": ["upstream_error", "none", "none", "none", "upstream_error"],
  "an error: unknown model": ["upstream_error", "none", "none", "none", "upstream_error"],
  "an error: too many requests": ["overloaded", "none", "none", "none", "none"],
  "an error: overloaded": ["overloaded", "none", "none", "none", "overloaded"],
  "an error: the server's fault": ["upstream_error", "none", "none", "none", "upstream_error"],
};
