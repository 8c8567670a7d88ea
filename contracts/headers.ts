/** Set by API Gateway from `$context.identity.sourceIp`; overwritten at the edge, so a client can't forge it. */
export const CLIENT_IP_HEADER = "x-sluice-client-ip";
/** On every answer. Made by the gateway unless API Gateway's own request id came in `EDGE_REQUEST_ID_HEADER`. */
export const REQUEST_ID_HEADER = "x-request-id";
/** Set by API Gateway from `$context.requestId`. */
export const EDGE_REQUEST_ID_HEADER = "x-sluice-request-id";
/** Response headers that a browser on another origin may read. */
export const EXPOSED_HEADERS = [
  "retry-after",
  "deprecation",
  "sunset",
  "link",
  REQUEST_ID_HEADER,
  "x-ratelimit-limit-requests",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
] as const;
/** Request headers that a browser on another origin may send (the OpenAI SDK adds the x-stainless ones). */
export const ALLOWED_REQUEST_HEADERS = [
  "authorization",
  "content-type",
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
