/** Set by API Gateway from `$context.identity.sourceIp`; overwritten at the edge, so a client can't forge it. */
export const CLIENT_IP_HEADER = "x-sluice-client-ip";
/** On every answer. Made by the gateway unless API Gateway's own request id came in `EDGE_REQUEST_ID_HEADER`. */
export const REQUEST_ID_HEADER = "x-request-id";
/** The same id under the name that Anthropic's SDKs look for; on answers in Anthropic's dialect. */
export const ANTHROPIC_REQUEST_ID_HEADER = "request-id";
/** Set by API Gateway from `$context.requestId`. */
export const EDGE_REQUEST_ID_HEADER = "x-sluice-request-id";
/** Response headers that a browser on another origin may read. */
export const EXPOSED_HEADERS = [
  "retry-after",
  "deprecation",
  "sunset",
  "link",
  REQUEST_ID_HEADER,
  ANTHROPIC_REQUEST_ID_HEADER,
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
  "x-stainless-arch",
  "x-stainless-lang",
  "x-stainless-os",
  "x-stainless-package-version",
  "x-stainless-retry-count",
  "x-stainless-runtime",
  "x-stainless-runtime-version",
  "x-stainless-timeout",
] as const;
