import { withoutKeys } from "../../contracts/api/errors.ts";
import {
  DEFAULT_ORGANIZATION,
  type PeopleSettings,
  SIGN_IN_PATH,
  type SignInDocument,
} from "../../contracts/processes/people.ts";
import { TOKEN_PATH } from "../../contracts/processes/workloads.ts";
import { SESSION_PATH } from "../../contracts/sign-in/session.ts";
import { addressBucket } from "../../domain/client-address.ts";
import { newId } from "../../domain/tenancy/ids.ts";
import { boundedText, type Refusal, UNKNOWN_ACTOR } from "../../domain/tenancy/refusals.ts";
import { IssuerUnavailable } from "../../lib/http/fetch-document.ts";
import { jsonResponse, type LoadBalancerResponse } from "../load-balancer-event.ts";
import { SessionEnded } from "./browser-session.ts";
import { type ExchangeTools, exchange } from "./exchange.ts";
import { readExchange } from "./exchange-request.ts";
import type { ExchangeStore } from "./exchange-store.ts";
import { GrantRefused } from "./issuer-client.ts";
import { OAuthError } from "./oauth-error.ts";
import type { ReceivedRequest } from "./received-request.ts";
import { isSessionPath, type ServeSessionTools, serveSession } from "./serve-session.ts";
import type { PeopleTools } from "./signed-in-person.ts";
import type { TokenResponse } from "./token-response.ts";

export interface ServeTools extends ExchangeTools {
  /** What else clients find out of where people sign in. It does not fail. @default - nothing */
  readonly describeSignIn?: (() => Promise<Omit<SignInDocument, "issuer" | "client_id">>) | undefined;
  /** Where browsers have sessions. @default - they have none */
  readonly browser?: ServeSessionTools | undefined;
  readonly store: Pick<ExchangeStore, "issue" | "isArchived" | "failures" | "countFailure" | "countSignUp">;
  /** Stores a refusal as an audit event. It does not fail. @default - there is no control API, whose events these are */
  readonly recordRefusal?: (refusal: Refusal, nowMs: number) => Promise<void>;
  /** Writes one line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** Failed exchanges of one address in a minute, after which it gets 429 until the next minute. */
export const FAILURES_PER_MINUTE = 30;
/** Of a fault of our own. */
const FAULT = "The token exchange has failed. Try again, and give the request id to the operator.";

/** Responds to one request: says where people sign in, exchanges a token, or has a browser's session. */
export async function serve(request: ReceivedRequest, tools: ServeTools): Promise<LoadBalancerResponse> {
  const { requestId } = request;
  const { people, browser } = tools;
  try {
    if (people !== undefined && request.path.endsWith(SIGN_IN_PATH))
      return await signInResponse(people.settings, tools, requestId);
    if (browser !== undefined && isSessionPath(request.path)) {
      const counted = viewerOf(request);
      const session = { ...browser, people: ofRequest(browser.people, counted, tools) };
      return await serveSession(request, session, (perform) => recorded(counted, tools, perform));
    }
    if (request.method !== "POST") {
      const body = { error: "invalid_request", error_description: "Send a POST request." };
      return uncachedResponse(405, body, requestId, { allow: "POST" });
    }
    return uncachedResponse(200, await exchanged(request, tools), requestId);
  } catch (error) {
    if (error instanceof OAuthError) return refused(error, requestId);
    tools.log({ level: "error", msg: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return uncachedResponse(500, { error: "server_error", error_description: FAULT }, requestId);
  }
}

/** With the log of the request, and counting who signs up from its address. */
function ofRequest(
  people: PeopleTools,
  { address }: CountedRequest,
  { store, wallClock, log }: ServeTools,
): PeopleTools {
  return { ...people, log, countSignUp: () => store.countSignUp(address, wallClock()) };
}

async function exchanged(request: ReceivedRequest, tools: ServeTools): Promise<TokenResponse> {
  const { people } = tools;
  const counted = { request, address: addressBucket(request.address) ?? "unknown", operation: `POST ${TOKEN_PATH}` };
  return await recorded(counted, tools, async () => {
    const { response, issuedTo, facts } = await exchange(readExchange(request.body, request.contentType), {
      ...tools,
      people: people && ofRequest(people, counted, tools),
    });
    tools.log({ level: "info", msg: `${issuedTo} key issued`, ...facts });
    return response;
  });
}

/** A request whose refusals are counted and recorded. */
interface CountedRequest {
  readonly request: ReceivedRequest;
  /** What refusals are counted by. */
  readonly address: string;
  /** Name in the audit event. */
  readonly operation: string;
}

/**
 * A browser's request comes from CloudFront, which appends the browser's address to those in the header, as the entry then
 * does with CloudFront's; behind API Gateway the load balancer appends one more. Who comes to the entry directly can write
 * any address before its own, and so is counted by both.
 */
function viewerOf(request: ReceivedRequest): CountedRequest {
  const hops = (request.headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  const viewer = hops[hops.lastIndexOf(request.address) - 1] ?? "";
  const addresses = [request.address, viewer].map((one) => addressBucket(one) ?? "unknown");
  return { request, address: addresses.join(" by "), operation: `${request.method} ${SESSION_PATH}` };
}

async function recorded<T>(counted: CountedRequest, tools: ServeTools, perform: () => Promise<T>): Promise<T> {
  const { store, wallClock } = tools;
  const { address } = counted;
  try {
    if ((await store.failures(address, wallClock())) >= FAILURES_PER_MINUTE) throw tooManyFailures(wallClock());
    return await perform();
  } catch (error) {
    const refusal = error instanceof GrantRefused ? codeRefusal(error) : error;
    if (refusal instanceof OAuthError) await recordFailure(refusal, counted, tools);
    else if (error instanceof SessionEnded) tools.log({ level: "info", msg: "session ended", rule: error.rule });
    else if (error instanceof IssuerUnavailable) tools.log({ level: "warn", msg: error.message });
    throw error;
  }
}

function codeRefusal({ message, reason }: GrantRefused): OAuthError {
  return new OAuthError("invalid_grant", message, { rule: `issuer: ${reason}` });
}

async function recordFailure(
  error: OAuthError,
  { request, address, operation }: CountedRequest,
  { store, log, wallClock, people, recordRefusal }: ServeTools,
): Promise<void> {
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
  if (error.status !== 400) return;
  await store.countFailure(address, nowMs);
  const organizationId = people?.settings.organization ?? DEFAULT_ORGANIZATION;
  await recordRefusal?.(refusalOf(error, { request, operation, organizationId, decisionId: decision_id }), nowMs);
}

interface RefusedRequest {
  readonly request: ReceivedRequest;
  readonly operation: string;
  readonly organizationId: string;
  readonly decisionId: string;
}

/** The event of a refused exchange. Of a token, it says whose it is where its signature is the issuer's, and nothing else. */
function refusalOf(error: OAuthError, { request, operation, organizationId, decisionId }: RefusedRequest): Refusal {
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
      operation,
      rule,
      ...(request.address === "" ? {} : { ip_address: request.address }),
      request_id: request.requestId,
      decision_id: decisionId,
    },
  };
}

/** Where people sign in. A browser's page may read it from everywhere: it says nothing that is not public. */
async function signInResponse(
  settings: PeopleSettings,
  tools: ServeTools,
  requestId: string,
): Promise<LoadBalancerResponse> {
  const document: SignInDocument = {
    issuer: settings.issuer,
    client_id: settings.clientId,
    ...(await tools.describeSignIn?.()),
  };
  return jsonResponse(200, document, requestId, { "access-control-allow-origin": "*" });
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
