/** Set by API Gateway from `$context.identity.sourceIp`; API Gateway overwrites a client's value, so it can't be forged. */
export const CLIENT_IP_HEADER = "x-sluice-client-ip";
/** On every response. Made by the gateway unless `EDGE_REQUEST_ID_HEADER` has API Gateway's own request id. */
export const REQUEST_ID_HEADER = "x-request-id";
/** The same id under the name that Anthropic's SDKs read; on responses in Anthropic's dialect. */
export const ANTHROPIC_REQUEST_ID_HEADER = "request-id";
/** Set by API Gateway from `$context.requestId`. */
export const EDGE_REQUEST_ID_HEADER = "x-sluice-request-id";
/** On a request: `on` or `off`. On a response: `hit`, `miss` or `bypass`; absent without a cache. */
export const CACHE_HEADER = "x-sluice-cache";
/** On a hit: `memory`, `shared` or `semantic`. */
export const CACHE_LEVEL_HEADER = "x-sluice-cache-level";
/** On a hit: prompt and generated tokens that no model had to compute. */
export const CACHE_SAVED_TOKENS_HEADER = "x-sluice-cache-saved-tokens";
/** On a semantic hit: cosine of the prompt and the cached prompt. */
export const CACHE_SIMILARITY_HEADER = "x-sluice-cache-similarity";
/** The target that responded, or was called last: a pool, or `<provider>/<model>`. */
export const TARGET_HEADER = "x-sluice-target";
/** Calls to targets that were made for the request. */
export const ATTEMPTS_HEADER = "x-sluice-attempts";
/** The bound of each completion, where less was left of a limit than the client asked for: `max_tokens=100`. */
export const CLAMPED_HEADER = "x-sluice-clamped";
/** A client's name for its session: a route that is sticky by session keeps it at one target. */
export const SESSION_HEADER = "x-sluice-session";
/** `critical`, `normal` or `batch`: priority in the queue while the engines are full. `critical` needs a key with it. */
export const PRIORITY_HEADER = "x-sluice-priority";
/** Headers of the edge's own responses that a browser on another origin may read; WAF allows 255 characters a header. */
export const EDGE_EXPOSED_HEADERS = ["retry-after", REQUEST_ID_HEADER] as const;
/** Response headers that a browser on another origin may read. */
export const EXPOSED_HEADERS = [
  "retry-after",
  "deprecation",
  "sunset",
  "link",
  REQUEST_ID_HEADER,
  ANTHROPIC_REQUEST_ID_HEADER,
  "age",
  CACHE_HEADER,
  CACHE_LEVEL_HEADER,
  CACHE_SAVED_TOKENS_HEADER,
  CACHE_SIMILARITY_HEADER,
  TARGET_HEADER,
  ATTEMPTS_HEADER,
  "x-ratelimit-limit-requests",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-tokens",
  "ratelimit",
  "ratelimit-policy",
  "x-should-retry",
  CLAMPED_HEADER,
] as const;
/**
 * Request headers that a browser on another origin may send: those that the SDKs of OpenAI and Anthropic add, by what is
 * called and where they run; `if-match` is the console's, which changes what it has read.
 */
export const ALLOWED_REQUEST_HEADERS = [
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "anthropic-version",
  "authorization",
  "cache-control",
  "content-type",
  "idempotency-key",
  "if-match",
  "openai-beta",
  "openai-organization",
  "openai-project",
  "x-api-key",
  REQUEST_ID_HEADER,
  CACHE_HEADER,
  SESSION_HEADER,
  PRIORITY_HEADER,
  "x-stainless-arch",
  "x-stainless-async",
  "x-stainless-custom-poll-interval",
  "x-stainless-helper",
  "x-stainless-helper-method",
  "x-stainless-lang",
  "x-stainless-os",
  "x-stainless-package-version",
  "x-stainless-poll-helper",
  "x-stainless-retry-count",
  "x-stainless-runtime",
  "x-stainless-runtime-version",
  "x-stainless-timeout",
] as const;
