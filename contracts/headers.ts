/** Set by API Gateway from `$context.identity.sourceIp`; overwritten at the edge, so a client can't forge it. */
export const CLIENT_IP_HEADER = "x-sluice-client-ip";
/** On every answer. Made by the gateway unless API Gateway's own request id came in `EDGE_REQUEST_ID_HEADER`. */
export const REQUEST_ID_HEADER = "x-request-id";
/** The same id under the name that Anthropic's SDKs look for; on answers in Anthropic's dialect. */
export const ANTHROPIC_REQUEST_ID_HEADER = "request-id";
/** Set by API Gateway from `$context.requestId`. */
export const EDGE_REQUEST_ID_HEADER = "x-sluice-request-id";
/** The target that answered, or was asked last: a pool, or `<provider>/<model>`. */
export const TARGET_HEADER = "x-sluice-target";
/** Calls to targets that were made for the request. */
export const ATTEMPTS_HEADER = "x-sluice-attempts";
/** A client's name for its session: a route that is sticky by session keeps it at one target. */
export const SESSION_HEADER = "x-sluice-session";
/** Response headers that a browser on another origin may read. */
export const EXPOSED_HEADERS = [
  "retry-after",
  REQUEST_ID_HEADER,
  ANTHROPIC_REQUEST_ID_HEADER,
  TARGET_HEADER,
  ATTEMPTS_HEADER,
  "x-ratelimit-limit-requests",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
] as const;
/** Request headers that a browser on another origin may send (the OpenAI and Anthropic SDKs add the x-stainless ones). */
export const ALLOWED_REQUEST_HEADERS = [
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "anthropic-version",
  "authorization",
  "content-type",
  "x-api-key",
  REQUEST_ID_HEADER,
  SESSION_HEADER,
  "x-stainless-arch",
  "x-stainless-lang",
  "x-stainless-os",
  "x-stainless-package-version",
  "x-stainless-retry-count",
  "x-stainless-runtime",
  "x-stainless-runtime-version",
  "x-stainless-timeout",
] as const;
