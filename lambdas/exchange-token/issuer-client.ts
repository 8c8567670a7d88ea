import * as oauth from "oauth4webapi";
import { isSafeIssuerAddress } from "../../contracts/processes/workloads.ts";
import { fetchFromIssuer, IssuerUnavailable } from "../../lib/http/fetch-document.ts";

export interface IssuerClientOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Reads the client's secret. @default - a public client */
  readonly secret?: (() => Promise<string>) | undefined;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

/** The authorization code and what belongs to it. */
export interface CodeGrant {
  readonly code: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly nonce: string;
}

export interface IssuerTokens {
  readonly idToken: string;
  /** @default - the issuer gave none */
  readonly refreshToken: string | undefined;
}

/** The issuer does not accept a code or a refresh token: the person must sign in again. */
export class GrantRefused extends Error {
  /** The issuer's error code. */
  readonly reason: string;

  constructor(reason: string) {
    super(`The issuer refused: ${reason}`);
    this.name = "GrantRefused";
    this.reason = reason;
  }
}

/** The discovery document and the secret are read again after ten minutes. */
const FRESH_MS = 600_000;
/** After a failed read, the next one waits so long. */
const FAILURE_PAUSE_MS = 5000;
/** Without its own parameter Google gives no refresh token, and with it only after consent. */
const GOOGLE = "https://accounts.google.com";
const GOOGLE_PARAMETERS = { access_type: "offline", prompt: "consent" } as const;
/** Names and address of the person, and a refresh token. */
const OPTIONAL_SCOPES = ["profile", "email", "offline_access"] as const;

interface Known {
  readonly server: oauth.AuthorizationServer;
  readonly authentication: oauth.ClientAuth;
  readonly at: number;
}

/** The client of an OpenID provider that exchanges codes and refresh tokens for people in browsers. */
export class IssuerClient {
  readonly #options: IssuerClientOptions;
  readonly #client: oauth.Client;
  readonly #http: { readonly [oauth.allowInsecureRequests]: true } | Record<string, never>;
  #known: Known | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(options: IssuerClientOptions) {
    this.#options = options;
    this.#client = { client_id: options.clientId };
    this.#http = options.issuer.startsWith("http:") ? { [oauth.allowInsecureRequests]: true } : {};
  }

  /** Where a browser begins to sign a person in, and with which scopes. @throws {IssuerUnavailable} */
  async authorization(): Promise<{ readonly endpoint: string; readonly scopes: readonly string[] }> {
    const { server } = await this.#discovered();
    const { issuer, authorization_endpoint: address, scopes_supported: supported = [] } = server;
    if (address === undefined) throw new IssuerUnavailable(issuer, "it has no authorization_endpoint");
    const endpoint = new URL(address);
    if (issuer === GOOGLE)
      for (const [name, value] of Object.entries(GOOGLE_PARAMETERS)) endpoint.searchParams.set(name, value);
    // Some issuers refuse a scope that they do not have.
    const scopes = ["openid", ...OPTIONAL_SCOPES.filter((name) => supported.includes(name))];
    return { endpoint: endpoint.href, scopes };
  }

  /** @throws {GrantRefused} @throws {IssuerUnavailable} */
  async codeTokens({ code, codeVerifier, redirectUri, nonce }: CodeGrant): Promise<IssuerTokens> {
    const { server, authentication } = await this.#discovered();
    return await this.#checked(async () => {
      // State and issuer of the response were checked where the sign-in began: in the browser.
      const returned = new URLSearchParams({ code, iss: server.issuer });
      const parameters = oauth.validateAuthResponse(server, this.#client, returned, oauth.skipStateCheck);
      const request = oauth.authorizationCodeGrantRequest(
        server,
        this.#client,
        authentication,
        parameters,
        redirectUri,
        codeVerifier,
        this.#requests(),
      );
      const options = { expectedNonce: nonce, requireIdToken: true };
      return tokensIn(await oauth.processAuthorizationCodeResponse(server, this.#client, await request, options));
    });
  }

  /** @throws {GrantRefused} @throws {IssuerUnavailable} */
  async refreshed(refreshToken: string): Promise<IssuerTokens> {
    const { server, authentication } = await this.#discovered();
    return await this.#checked(async () => {
      const request = oauth.refreshTokenGrantRequest(
        server,
        this.#client,
        authentication,
        refreshToken,
        this.#requests(),
      );
      const tokens = tokensIn(await oauth.processRefreshTokenResponse(server, this.#client, await request));
      return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    });
  }

  /** Ends a refresh token, where the issuer has revocation. @throws {GrantRefused} @throws {IssuerUnavailable} */
  async revoke(refreshToken: string): Promise<void> {
    const { server, authentication } = await this.#discovered();
    if (server.revocation_endpoint === undefined) return;
    await this.#checked(async () =>
      oauth.processRevocationResponse(
        await oauth.revocationRequest(server, this.#client, authentication, refreshToken, this.#requests()),
      ),
    );
  }

  async #discovered(): Promise<Known> {
    const { now } = this.#options;
    if (this.#known !== undefined && now() - this.#known.at < FRESH_MS) return this.#known;
    if (this.#failure !== undefined && now() - this.#failure.at < FAILURE_PAUSE_MS) throw this.#failure.error;
    try {
      this.#known = await this.#discover();
      return this.#known;
    } catch (error) {
      this.#failure = { error, at: now() };
      throw error;
    }
  }

  async #discover(): Promise<Known> {
    const { issuer, secret, now } = this.#options;
    const url = new URL(issuer);
    const server = await this.#checked(async () =>
      oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, this.#requests())),
    );
    const endpoints = [server.token_endpoint, server.authorization_endpoint, server.revocation_endpoint];
    if (!endpoints.every((endpoint) => endpoint === undefined || isSafeEndpoint(endpoint, issuer)))
      throw new IssuerUnavailable(issuer, "its endpoints must be https addresses");
    const authentication =
      secret === undefined ? oauth.None() : withSecret(server, await this.#checked(async () => await secret()));
    return { server, authentication, at: now() };
  }

  #requests() {
    return { ...this.#http, [oauth.customFetch]: fetched };
  }

  async #checked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError) {
        const { error: reason } = error;
        // Of the client, not of the person: the operator has to correct the settings.
        if (reason === "invalid_client" || reason === "unauthorized_client")
          throw new IssuerUnavailable(this.#options.issuer, `it refuses the client: ${reason}`);
        if (error.status < 500) throw new GrantRefused(reason.slice(0, 100));
      }
      if (error instanceof IssuerUnavailable) throw error;
      throw new IssuerUnavailable(this.#options.issuer, error instanceof Error ? error.message : String(error));
    }
  }
}

function isSafeEndpoint(endpoint: string, issuer: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  url.search = ""; // an endpoint may have a query
  return isSafeIssuerAddress(url.href) && (endpoint.startsWith("https:") || issuer.startsWith("http:"));
}

function withSecret(server: oauth.AuthorizationServer, secret: string): oauth.ClientAuth {
  // RFC 8414, section 2: client_secret_basic where the server says none.
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic") ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
}

function tokensIn({ id_token: idToken, refresh_token: refreshToken }: oauth.TokenEndpointResponse): IssuerTokens {
  if (idToken === undefined) throw new Error("it sent no ID token; the client needs the scope openid");
  return { idToken, refreshToken };
}

/** `fetch` with bounds of time and size. */
async function fetched(url: string, options: oauth.CustomFetchOptions<string, unknown>): Promise<Response> {
  const { method, headers, body } = options;
  const { status, contentType, text } = await fetchFromIssuer(url, {
    method,
    headers,
    ...(body === undefined || body === null ? {} : { body: String(body) }),
  });
  // A response without a body can't be made with one.
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? text : null, { status, headers: { "content-type": contentType } });
}
