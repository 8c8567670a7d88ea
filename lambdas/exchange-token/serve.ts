import { withoutKeys } from "../../contracts/api/errors.ts";
import { DEFAULT_ORGANIZATION, SIGN_IN_PATH, type SignInDocument } from "../../contracts/processes/people.ts";
import { TOKEN_PATH } from "../../contracts/processes/workloads.ts";
import { addressBucket } from "../../domain/client-address.ts";
import { newId } from "../../domain/tenancy/ids.ts";
import { boundedText, type Refusal, UNKNOWN_ACTOR } from "../../domain/tenancy/refusals.ts";
import { jsonResponse, type LoadBalancerResponse } from "../load-balancer-event.ts";
import { type ExchangeTools, exchange } from "./exchange.ts";
import { readExchange } from "./exchange-request.ts";
import type { ExchangeStore } from "./exchange-store.ts";
import { OAuthError } from "./oauth-error.ts";
import type { ReceivedRequest } from "./received-request.ts";
import type { TokenResponse } from "./token-response.ts";

export interface ServeTools extends ExchangeTools {
  readonly store: Pick<ExchangeStore, "issue" | "isArchived" | "failures" | "countFailure">;
  /** Stores a refusal as an audit event. It does not fail. @default - there is no control API, whose events these are */
  readonly recordRefusal?: (refusal: Refusal, nowMs: number) => Promise<void>;
  /** Writes one line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** Failed exchanges of one address in a minute, after which it gets 429 until the next minute. */
export const FAILURES_PER_MINUTE = 30;
/** Of a fault of our own. */
const FAULT = "The token exchange has failed. Try again, and give the request id to the operator.";

/** Responds to one request: says where people sign in, or exchanges a token and logs the key that was issued or the rule that refused. */
export async function serve(request: ReceivedRequest, tools: ServeTools): Promise<LoadBalancerResponse> {
  const { requestId } = request;
  const { people } = tools;
  if (people !== undefined && request.path.endsWith(SIGN_IN_PATH)) {
    const document: SignInDocument = { issuer: people.settings.issuer, client_id: people.settings.clientId };
    return jsonResponse(200, document, requestId, {});
  }
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
    const { response, issuedTo, facts } = await exchange(readExchange(request.body, request.contentType), tools);
    log({ level: "info", msg: `${issuedTo} key issued`, ...facts });
    return response;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { code, rule, facts } = error;
    const nowMs = wallClock();
    const decision_id = newId("decision", nowMs);
    log({
      level: "warn",
      msg: "token exchange refused",
      decision_id,
      error: code,
      rule,
      address: request.address,
      ...facts,
    });
    if (error.status === 400) {
      await store.countFailure(address, nowMs);
      const organizationId = tools.people?.settings.organization ?? DEFAULT_ORGANIZATION;
      await tools.recordRefusal?.(refusalOf(error, request, organizationId, decision_id), nowMs);
    }
    throw error;
  }
}

/** The event of a refused exchange. Of a token, it says whose it is where its signature is the issuer's, and nothing else. */
function refusalOf(error: OAuthError, request: ReceivedRequest, organizationId: string, decisionId: string): Refusal {
  const { code, message, rule, facts } = error;
  const { user: userId = facts.subject, email = "unknown", workload = "unknown" } = facts;
  return {
    type: "login.failed",
    organizationId,
    actor:
      typeof userId === "string"
        ? { type: "session", session: { user: { id: boundedText(userId), email: boundedText(String(email)) } } }
        : UNKNOWN_ACTOR,
    countedBy: { address: addressBucket(request.address) },
    payload: {
      id: String(workload),
      error_code: code,
      error_message: message,
      operation: `POST ${TOKEN_PATH}`,
      rule,
      ...(request.address === "" ? {} : { ip_address: request.address }),
      request_id: request.requestId,
      decision_id: decisionId,
    },
  };
}

function tooManyFailures(nowMs: number): OAuthError {
  return new OAuthError("temporarily_unavailable", "Too many exchanges from this address have failed. Wait.", {
    status: 429,
    rule: "failures-of-address",
    retryAfterSeconds: 60 - (Math.floor(nowMs / 1000) % 60),
  });
}

function refused(error: OAuthError, requestId: string): LoadBalancerResponse {
  const { code, message, status, details, retryAfterSeconds } = error;
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return uncachedResponse(
    status,
    { error: code, error_description: withoutKeys(message), ...details },
    requestId,
    headers,
  );
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
