import * as oauth from "oauth4webapi";
import type { OidcIssuer } from "./oidc-issuer.ts";

/** Login, consent and their redirects. */
const MOST_STEPS = 12;
const insecure = { [oauth.allowInsecureRequests]: true };

/**
 * Signs a person in by the authorization code flow with PKCE, as a browser does: redirects, cookies, and the forms of the
 * issuer's login and consent pages.
 * @returns the ID token, which the client has checked
 */
export async function signIn(oidc: OidcIssuer, person: string): Promise<string> {
  const { issuer, clientId, redirectUri } = oidc;
  const { returned, verifier, state, nonce } = await authorized(oidc, "openid", (page) => formOf(page, person));
  const url = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
  const client = { client_id: clientId };
  const parameters = oauth.validateAuthResponse(server, client, returned, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  const options = { expectedNonce: nonce, requireIdToken: true };
  const { id_token: idToken } = await oauth.processAuthorizationCodeResponse(server, client, response, options);
  return idToken ?? "";
}

/**
 * Signs a person in at the local issuer, as a program of this machine does that calls an API for them.
 * @param resource the API, by the audience of its access tokens; `undefined` for an issuer whose tokens have none
 * @returns the ID token and the access token
 */
export async function signInForApi(oidc: OidcIssuer, person: string, resource: string | undefined) {
  const { issuer, clientId, redirectUri } = oidc;
  const form = () => new URLSearchParams({ person });
  const more = resource === undefined ? {} : { resource };
  const { returned, verifier, state, nonce } = await authorized(oidc, "openid email", form, more);
  const url = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
  const client = { client_id: clientId };
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    oauth.validateAuthResponse(server, client, returned, state),
    redirectUri,
    verifier,
    { ...insecure, additionalParameters: more },
  );
  const options = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, options);
  return { idToken: tokens.id_token ?? "", accessToken: tokens.access_token };
}

/**
 * Signs a person in at the local issuer, as a browser does.
 * @returns what the page that began it sends to `/session`
 */
export async function signInCode(oidc: OidcIssuer, person: string) {
  const { returned, verifier, nonce } = await authorized(
    oidc,
    "openid email offline_access",
    () => new URLSearchParams({ person }),
  );
  const code = returned.searchParams.get("code") ?? "";
  return { code, code_verifier: verifier, redirect_uri: oidc.redirectUri, nonce };
}

/** @param formOfPage the fields that a person fills in */
async function authorized(
  { issuer, clientId, redirectUri }: OidcIssuer,
  scope: string,
  formOfPage: (page: string) => URLSearchParams,
  more: Readonly<Record<string, string>> = {},
) {
  const url = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const start = new URL(server.authorization_endpoint ?? "");
  start.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...more,
  }).toString();
  return { returned: await browse(start, redirectUri, formOfPage), verifier, state, nonce };
}

/** Follows redirects and sends the forms, until the issuer returns to the client. */
async function browse(start: URL, redirectUri: string, formOfPage: (page: string) => URLSearchParams): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < MOST_STEPS; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form === undefined ? {} : { method: "POST", body: form };
    const response = await fetch(url, { ...body, headers: { cookie }, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const page = await response.text();
    const location = response.headers.get("location");
    form = location === null ? formOfPage(page) : undefined;
    url = new URL(location ?? /action="([^"]+)"/.exec(page)?.[1] ?? "", url);
    if (url.href.startsWith(redirectUri)) return url;
  }
  throw new Error(`The issuer did not return to ${redirectUri} within ${MOST_STEPS} steps; the last was ${url.href}.`);
}

/** The form of the login page, or of the consent page. */
function formOf(page: string, person: string): URLSearchParams {
  const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1] ?? "";
  return new URLSearchParams({ prompt, login: person, password: "any" });
}
