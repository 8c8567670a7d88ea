import { ALLOWED_REQUEST_HEADERS, EDGE_EXPOSED_HEADERS } from "../api/headers.ts";

/** Seconds that a browser may keep a preflight's answer; Chromium's own upper limit is 7200. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

/**
 * The one value of Access-Control-Allow-Origin that a fixed answer can carry. With several origins it is `*`: errors
 * and preflights hold nothing private, and the API knows no cookies that a wildcard could expose.
 */
export function fixedAllowedOrigin(origins: readonly string[]): string {
  return origins.length === 1 ? (origins[0] ?? "*") : "*";
}

/** Whether preflights can be answered by a fixed value; with several origins the gateway must look at `Origin`. */
export function hasFixedPreflight(origins: readonly string[]): boolean {
  return origins.length === 1;
}

/** CORS headers of an answer that the edge gives itself. */
export function corsResponseHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  return {
    "Access-Control-Allow-Origin": fixedAllowedOrigin(origins),
    "Access-Control-Expose-Headers": EDGE_EXPOSED_HEADERS.join(","),
  };
}

/** CORS headers of the answer to a preflight. */
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
