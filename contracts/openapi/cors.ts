import { ALLOWED_REQUEST_HEADERS, EDGE_EXPOSED_HEADERS } from "../api/headers.ts";

/** Seconds that a browser may cache a preflight's response; Chromium's own upper limit is 7200. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

/**
 * The value of Access-Control-Allow-Origin in a fixed response. With several origins it is `*`: errors and preflights
 * hold no private data, and the API uses no cookies that a wildcard could expose.
 */
export function fixedAllowedOrigin(origins: readonly string[]): string {
  return origins.length === 1 ? (origins[0] ?? "*") : "*";
}

/** Whether preflights can get a fixed response; with several origins the gateway must check `Origin`. */
export function hasFixedPreflight(origins: readonly string[]): boolean {
  return origins.length === 1;
}

/** CORS headers of the edge's own responses. */
export function corsResponseHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  return {
    "Access-Control-Allow-Origin": fixedAllowedOrigin(origins),
    "Access-Control-Expose-Headers": EDGE_EXPOSED_HEADERS.join(","),
  };
}

/** CORS headers of the response to a preflight. */
export function preflightHeaders(
  origins: readonly string[],
  methods: readonly string[],
): Readonly<Record<string, string>> {
  return {
    "Access-Control-Allow-Origin": fixedAllowedOrigin(origins),
    "Access-Control-Allow-Methods": methods.join(","),
    "Access-Control-Allow-Headers": ALLOWED_REQUEST_HEADERS.join(","),
    "Access-Control-Max-Age": String(PREFLIGHT_MAX_AGE_SECONDS),
  };
}
