import type * as z from "zod";
import { withoutKeys } from "../../contracts/api/errors.ts";
import {
  BeginSession,
  RefreshSession,
  SESSION_HEADER,
  SESSION_ID_HEADER,
  SESSION_PATH,
  SESSION_REFRESH_PATH,
  type Session,
  type SessionErrorCode,
} from "../../contracts/sign-in/session.ts";
import { fieldPath } from "../../domain/issue-rules.ts";
import { IssuerUnavailable } from "../../lib/http/fetch-document.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { shortened } from "../../lib/shortened.ts";
import { jsonResponse, type LoadBalancerResponse } from "../load-balancer-event.ts";
import { type BrowserSessionTools, beginSession, endSession, refreshSession, SessionEnded } from "./browser-session.ts";
import { GrantRefused } from "./issuer-client.ts";
import { OAuthError } from "./oauth-error.ts";
import type { ReceivedRequest } from "./received-request.ts";
import { noCookie, secretIn, sessionCookie } from "./session-tokens.ts";

export interface ServeSessionTools extends BrowserSessionTools {
  /** Whether the cookie is for https alone. */
  readonly isSecure: boolean;
}

/**
 * A request of a session that is refused. The message goes to the person's browser. The status is never 403 or 404, in whose
 * place CloudFront sends the page's own error page, whatever the origin.
 */
class SessionError extends Error {
  readonly code: SessionErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: SessionErrorCode, status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** A code has up to 4,096 characters, an address 500. */
const MAX_BODY_CHARACTERS = 10_000;
/** Of a fault of our own. */
const FAULT = "The session has failed. Try again, and give the request id to the operator.";
/** The longest problem that an error repeats. */
const MAX_PROBLEM = 300;

export function isSessionPath(path: string): boolean {
  return path.endsWith(SESSION_PATH) || path.endsWith(SESSION_REFRESH_PATH);
}

/** Which request of a session it is. */
export type SessionAction = "begin" | "refresh" | "end";

/**
 * Which of a session's requests it is, if it comes from a page of this site.
 * @throws {SessionError}
 */
function actionOf({ method, path, headers }: ReceivedRequest): SessionAction {
  const isRefresh = path.endsWith(SESSION_REFRESH_PATH);
  const allow = isRefresh ? "POST" : "POST, DELETE";
  // Of a page of another site the browser asks first whether the header may be sent, and is not told so.
  if (headers.get(SESSION_HEADER) !== "1")
    throw new SessionError("cross_site", 400, `Send the header ${SESSION_HEADER}: 1.`);
  if (headers.get("sec-fetch-site") !== "same-origin")
    throw new SessionError(
      "cross_site",
      400,
      "A session is for pages of this site: the browser must send sec-fetch-site: same-origin, as all do since 2023.",
    );
  if (method === "POST") return isRefresh ? "refresh" : "begin";
  if (method === "DELETE" && !isRefresh) return "end";
  throw new SessionError("method_not_allowed", 405, `The methods of this path are ${allow}.`, { allow });
}

/**
 * Responds to a request of a browser's session.
 * @param recorded performs a sign-in or a renewal, and counts and records it where it is refused
 */
export async function serveSession(
  request: ReceivedRequest,
  tools: ServeSessionTools,
  recorded: <T>(perform: () => Promise<T>) => Promise<T>,
): Promise<LoadBalancerResponse> {
  const { requestId } = request;
  const cookie = secretIn(request.headers.get("cookie"));
  try {
    switch (actionOf(request)) {
      case "begin": {
        const body = bodyOf(BeginSession, request);
        const begun = await recorded(() => beginSession(body, tools));
        tools.log({ level: "info", msg: "session begun", ...begun.facts });
        // A session that the browser had before can't be used any more.
        if (cookie !== undefined)
          await endSession(cookie, tools).catch((error) =>
            tools.log({ level: "warn", msg: "the session before was not ended", reason: String(error) }),
          );
        return response(begun.session, requestId, sessionCookie(begun.cookie, tools.isSecure));
      }
      case "refresh": {
        const { project_id: projectId } = bodyOf(RefreshSession, request);
        if (cookie === undefined) throw new SessionEnded("no-cookie");
        const { session, facts } = await recorded(() => refreshSession(cookie, projectId, tools));
        tools.log({ level: "info", msg: "session renewed", ...facts });
        return response(session, requestId);
      }
      case "end": {
        const named = request.headers.get(SESSION_ID_HEADER);
        // Sent again, or late: the person has signed in anew, which ended the session that is named.
        if (named !== undefined && cookie !== undefined && named !== cookie.id)
          return jsonResponse(200, { deleted: true }, requestId);
        if (cookie !== undefined) await endSession(cookie, tools);
        return jsonResponse(200, { deleted: true }, requestId, { "set-cookie": noCookie(tools.isSecure) });
      }
    }
  } catch (error) {
    return failure(error, request, tools);
  }
}

function response(session: Session, requestId: string, cookie?: string): LoadBalancerResponse {
  return jsonResponse(200, session, requestId, cookie === undefined ? {} : { "set-cookie": cookie });
}

/** @throws {SessionError} `invalid_request` */
function bodyOf<T>(schema: z.ZodType<T>, { body, contentType }: ReceivedRequest): T {
  const refuse = (message: string) => new SessionError("invalid_request", 400, message);
  if (contentType.split(";", 1)[0]?.trim().toLowerCase() !== "application/json")
    throw refuse("The content-type must be application/json.");
  if (body.length > MAX_BODY_CHARACTERS)
    throw refuse(`The body has ${body.length} characters; it may have ${MAX_BODY_CHARACTERS}.`);
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => {
    const field = fieldPath(path);
    return shortened(field === "" ? message : `${field}: ${message}`, MAX_PROBLEM);
  });
  throw refuse(problems.join("; "));
}

function failure(error: unknown, { requestId }: ReceivedRequest, tools: ServeSessionTools): LoadBalancerResponse {
  const refusal = refusalOf(error);
  if (refusal === undefined)
    tools.log({ level: "error", msg: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const failed = refusal ?? new SessionError("server_error", 500, FAULT);
  const { code, status, message, headers } = failed;
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  const body = { error: { message: withoutKeys(message), type, param: null, code } };
  // Without it the browser would send the cookie of a session that has ended again and again.
  const isOver = code === "session_required" || code === "access_denied";
  const cookies = isOver ? { "set-cookie": noCookie(tools.isSecure) } : {};
  return jsonResponse(status, body, requestId, { ...headers, ...cookies });
}

/** The error for the browser. @returns `undefined` for a fault of our own */
function refusalOf(error: unknown): SessionError | undefined {
  if (error instanceof SessionError) return error;
  if (error instanceof SessionEnded) return new SessionError("session_required", 401, error.message);
  if (error instanceof GrantRefused)
    return new SessionError("invalid_grant", 400, "The identity provider does not accept the code. Sign in again.");
  if (error instanceof IssuerUnavailable)
    return new SessionError("temporarily_unavailable", 503, "The identity provider can't be reached now. Try again.", {
      "retry-after": "5",
    });
  if (!(error instanceof OAuthError)) return undefined;
  const { status, rule, message, retryAfterSeconds } = error;
  if (status !== 400)
    return new SessionError("temporarily_unavailable", status, message, {
      "retry-after": String(retryAfterSeconds ?? 5),
    });
  if (rule.startsWith("people: ")) return new SessionError("access_denied", 400, message);
  return new SessionError(
    "invalid_grant",
    400,
    "The ID token of the identity provider is not accepted. Sign in again.",
  );
}
