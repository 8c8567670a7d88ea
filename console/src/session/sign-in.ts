import * as oauth from "oauth4webapi";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import { ApiError } from "../api/api-error.ts";
import { createSession, type SessionResponse } from "../api/session-api.ts";
import { pathAndQuery } from "../lib/path-and-query.ts";
import { soonLocked } from "./session-lock.ts";
import { signInPolicy } from "./sign-in-policy.ts";

/** What the page has to know again when the provider sends the browser back. No key is in it. */
interface StartedSignIn {
  readonly issuer: string;
  readonly client_id: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** Path of the console to which the person wanted; empty for where people begin. */
  readonly to: string;
}

const ENTRY = "sluice.sign-in";

/** Leaves the page for the provider's. @param to path of the console to come back to. @default - where people begin */
export async function beginSignIn(apiUrl: string, to = ""): Promise<void> {
  const { issuer, client_id, authorizationEndpoint, scopes } = await signInPolicy(apiUrl);
  const verifier = oauth.generateRandomCodeVerifier();
  const started: StartedSignIn = {
    issuer,
    client_id,
    verifier,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    to,
  };
  sessionStorage.setItem(ENTRY, JSON.stringify(started));
  const address = new URL(authorizationEndpoint);
  const parameters = {
    response_type: "code",
    client_id,
    redirect_uri: redirectUri(),
    scope: scopes.join(" "),
    state: started.state,
    nonce: started.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  location.assign(address);
}

/** Whether the provider sent the browser here. */
export function isSignInResponse(search: URLSearchParams): boolean {
  return search.has("state") && (search.has("code") || search.has("error"));
}

/**
 * Finishes the sign-in with the provider's response in the page's address.
 * @throws {ApiError} of the session function, or `refused` with the provider's own reason
 */
export async function finishSignIn(
  search: URLSearchParams,
): Promise<{ readonly session: SessionResponse; readonly to: string | undefined }> {
  const started = takeStarted();
  if (started === undefined) throw new ApiError("refused");
  const { issuer, client_id, state, nonce, verifier, to } = started;
  let code: string | null;
  try {
    code = oauth.validateAuthResponse({ issuer }, { client_id }, search, state).get("code");
  } catch (error) {
    throw new ApiError("refused", error instanceof oauth.AuthorizationResponseError ? error.error : "");
  }
  const sent = { code: code ?? "", code_verifier: verifier, redirect_uri: redirectUri(), nonce };
  // After a sign-out of another page that is under way, whose response removes the cookie.
  const session = await soonLocked(() => createSession(sent));
  return { session, to: pathAndQuery(to) };
}

/** The provider has to know this address. */
function redirectUri(): string {
  return `${location.origin}/login`;
}

/** Of this window, once. `undefined` when the sign-in was not begun here. */
function takeStarted(): StartedSignIn | undefined {
  const value = parseJson(sessionStorage.getItem(ENTRY) ?? "");
  sessionStorage.removeItem(ENTRY);
  if (!isRecord(value)) return undefined;
  const { issuer, client_id, verifier, state, nonce, to } = value;
  const isWhole = [issuer, client_id, verifier, state, nonce, to].every((field) => typeof field === "string");
  return isWhole
    ? {
        issuer: String(issuer),
        client_id: String(client_id),
        verifier: String(verifier),
        state: String(state),
        nonce: String(nonce),
        to: String(to),
      }
    : undefined;
}
