import { addressBucket } from "../../domain/client-address.ts";
import { jsonResponse, type LoadBalancerResponse } from "../load-balancer-event.ts";
import { type ExchangeTools, exchange, type TokenResponse } from "./exchange.ts";
import { readExchange } from "./exchange-request.ts";
import type { ExchangeStore } from "./exchange-store.ts";
import { OAuthError } from "./oauth-error.ts";
import type { ReceivedRequest } from "./received-request.ts";

export interface ServeTools extends ExchangeTools {
  readonly store: Pick<ExchangeStore, "issue" | "failures" | "countFailure">;
  /** Writes one line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** Failed exchanges of one address in a minute, after which it gets 429 until the next minute. */
export const FAILURES_PER_MINUTE = 30;
/** Of a fault of our own. */
const FAULT = "The token exchange has failed. Try again, and give the request id to the operator.";

/** Responds to one request, and logs the key that was issued or the rule that refused. */
export async function serve(request: ReceivedRequest, tools: ServeTools): Promise<LoadBalancerResponse> {
  const { requestId } = request;
  if (request.method !== "POST") {
    const body = { error: "invalid_request", error_description: "Send a POST request." };
    return uncachedResponse(405, body, requestId, { allow: "POST" });
  }
  try {
    return uncachedResponse(200, await exchanged(request, tools), requestId);
  } catch (error) {
    if (error instanceof OAuthError) return refused(error, requestId);
    tools.log({ level: "error", msg: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return uncachedResponse(500, { error: "server_error", error_description: FAULT }, requestId);
  }
}

async function exchanged(request: ReceivedRequest, tools: ServeTools): Promise<TokenResponse> {
  const { store, log, wallClock } = tools;
  const address = addressBucket(request.address) ?? "unknown";
  try {
    if ((await store.failures(address, wallClock())) >= FAILURES_PER_MINUTE) throw tooManyFailures(wallClock());
    const { response, facts } = await exchange(readExchange(request.body, request.contentType), tools);
    log({ level: "info", msg: "workload key issued", ...facts });
    return response;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { code, rule, facts } = error;
    log({ level: "warn", msg: "token exchange refused", error: code, rule, address: request.address, ...facts });
    if (error.status === 400) await store.countFailure(address, wallClock());
    throw error;
  }
}

function tooManyFailures(nowMs: number): OAuthError {
  return new OAuthError("temporarily_unavailable", "Too many exchanges from this address have failed. Wait.", {
    status: 429,
    rule: "failures-of-address",
    retryAfterSeconds: 60 - (Math.floor(nowMs / 1000) % 60),
  });
}

function refused({ code, message, status, retryAfterSeconds }: OAuthError, requestId: string): LoadBalancerResponse {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return uncachedResponse(status, { error: code, error_description: message }, requestId, headers);
}

/** RFC 6749, section 5.1: also for the caches of HTTP/1.0. */
function uncachedResponse(
  status: number,
  body: object,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): LoadBalancerResponse {
  return jsonResponse(status, body, requestId, { ...headers, pragma: "no-cache" });
}
