import * as oauth from "oauth4webapi";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import { ApiError } from "../api/api-error.ts";
import { createSession, type SessionResponse } from "../api/session-api.ts";

/** Where people sign in: the response of `GET /oauth/sign-in`. */
export interface SignInDocument {
  readonly issuer: string;
  readonly client_id: string;
  readonly authorization_endpoint: string;
  readonly scopes: readonly string[];
  /** Whether the provider lets people make an account: `prompt=create` is then sent. */
  readonly admit: string;
}

/** What the page has to know again when the provider sends the browser back. No key is in it. */
interface StartedSignIn {
  readonly issuer: string;
  readonly client_id: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** Path of the console to which the person wanted. */
  readonly to: string;
}

const ENTRY = "sluice.sign-in";

/** @throws {ApiError} */
export async function signInDocument(apiUrl: string): Promise<SignInDocument> {
  const response = await fetch(`${apiUrl}/oauth/sign-in`, { credentials: "omit" }).catch(() => undefined);
  if (response === undefined) throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  const value: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  if (isRecord(value) && typeof value.authorization_endpoint === "string" && typeof value.issuer === "string")
    return value as unknown as SignInDocument;
  throw new ApiError("failed");
}

/** Leaves the page for the provider's. @param to path of the console to come back to */
export async function beginSignIn(apiUrl: string, to: string): Promise<void> {
  const { issuer, client_id, authorization_endpoint, scopes } = await signInDocument(apiUrl);
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
  const address = new URL(authorization_endpoint);
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
): Promise<{ readonly session: SessionResponse; readonly to: string }> {
  const started = takeStarted();
  if (started === undefined) throw new ApiError("refused");
  const { issuer, client_id, state, nonce, verifier, to } = started;
  let code: string | null;
  try {
    code = oauth.validateAuthResponse({ issuer }, { client_id }, search, state).get("code");
  } catch (error) {
    throw new ApiError("refused", error instanceof oauth.AuthorizationResponseError ? error.error : "");
  }
  const session = await createSession({
    code: code ?? "",
    code_verifier: verifier,
    redirect_uri: redirectUri(),
    nonce,
  });
  return { session, to };
}

/** The provider has to know this address. */
function redirectUri(): string {
  return `${location.origin}/login`;
}

function takeStarted(): StartedSignIn | undefined {
  const value = parseJson(sessionStorage.getItem(ENTRY) ?? "");
  sessionStorage.removeItem(ENTRY);
  return isRecord(value) && typeof value.verifier === "string" ? (value as unknown as StartedSignIn) : undefined;
}
