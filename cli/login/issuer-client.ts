import * as oauth from "oauth4webapi";
import { isCognito } from "../../contracts/processes/people.ts";
import { isSafeIssuerAddress } from "../../contracts/processes/workloads.ts";
import { fetchFailure } from "../terminal/fetch-failure.ts";
import { UserError } from "../terminal/user-error.ts";

/** What a person confirms at the issuer. */
export interface DeviceCode {
  /** Page to open; with the code in it where the issuer says such an address. */
  readonly address: string;
  readonly userCode: string;
  readonly deviceCode: string;
  readonly intervalSeconds: number;
  readonly expiresInSeconds: number;
}

export interface IssuerTokens {
  readonly idToken: string;
  /** @default - the issuer gave none */
  readonly refreshToken: string | undefined;
  /** As the ID token names the person. */
  readonly person: string;
}

/** Seconds between polls, where the issuer says none: RFC 8628, section 3.2. */
const INTERVAL_SECONDS = 5;

/** Names and address of the person, and a refresh token. */
const OPTIONAL_SCOPES = ["profile", "email", "offline_access"] as const;

/** A sign-in by the code flow with PKCE that has begun. */
export interface StartedSignIn {
  /** Page to open. */
  readonly address: string;
  readonly redirectUri: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** An OpenID provider, for the command line. */
export class IssuerClient {
  readonly #server: oauth.AuthorizationServer;
  readonly #client: oauth.Client;
  readonly #options: { [oauth.allowInsecureRequests]?: true };
  readonly #authentication: oauth.ClientAuth;

  private constructor(
    server: oauth.AuthorizationServer,
    clientId: string,
    secret: string | undefined,
    isLocal: boolean,
  ) {
    this.#authentication = authenticationOf(server, secret);
    this.#server = server;
    this.#client = { client_id: clientId };
    this.#options = isLocal ? { [oauth.allowInsecureRequests]: true } : {};
  }

  /**
   * @param secret of a client that has one
   * @throws {UserError} when the issuer can't be used
   */
  static async discover(issuer: string, clientId: string, secret?: string): Promise<IssuerClient> {
    if (!isSafeIssuerAddress(issuer))
      throw new UserError(
        `The API names ${issuer} as the issuer, which is no https address; give its operator this line.`,
      );
    const url = new URL(issuer);
    const isLocal = url.protocol === "http:";
    const options = isLocal ? { [oauth.allowInsecureRequests]: true } : {};
    const server = await checked(issuer, async () =>
      oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options)),
    );
    return new IssuerClient(server, clientId, secret, isLocal);
  }

  /** Whether the issuer sends browsers back to this machine by its name alone, and not by its address. */
  get takesNameOfLoopback(): boolean {
    return isCognito(this.#server.issuer);
  }

  get hasDeviceFlow(): boolean {
    return this.#server.device_authorization_endpoint !== undefined;
  }

  /** Starts the code flow with PKCE. @throws {UserError} when the issuer has no page to sign in */
  async startCodeFlow(redirectUri: string): Promise<StartedSignIn> {
    const { issuer, authorization_endpoint: endpoint } = this.#server;
    if (endpoint === undefined) throw new UserError(`${issuer} has no page to sign in (authorization_endpoint).`);
    const started = {
      redirectUri,
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    };
    const address = new URL(endpoint);
    const parameters = {
      response_type: "code",
      client_id: this.#client.client_id,
      redirect_uri: redirectUri,
      scope: this.#scope(),
      state: started.state,
      nonce: started.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(started.verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    return { ...started, address: address.href };
  }

  /** Tokens for the response that the issuer sent the browser back with. @throws {UserError} */
  async tokensForCode(returned: URLSearchParams, started: StartedSignIn): Promise<IssuerTokens> {
    const { redirectUri, verifier, state, nonce } = started;
    return await checked(this.#server.issuer, async () => {
      const parameters = oauth.validateAuthResponse(this.#server, this.#client, returned, state);
      const request = oauth.authorizationCodeGrantRequest(
        this.#server,
        this.#client,
        this.#authentication,
        parameters,
        redirectUri,
        verifier,
        this.#options,
      );
      const options = { expectedNonce: nonce, requireIdToken: true };
      return tokensIn(await oauth.processAuthorizationCodeResponse(this.#server, this.#client, await request, options));
    });
  }

  /** Some issuers refuse a scope that they do not have. */
  #scope(): string {
    const { scopes_supported: supported = [] } = this.#server;
    return ["openid", ...OPTIONAL_SCOPES.filter((name) => supported.includes(name))].join(" ");
  }

  /** Starts the device flow, RFC 8628. @throws {UserError} when the issuer has none */
  async requestCode(): Promise<DeviceCode> {
    const { issuer, device_authorization_endpoint: endpoint } = this.#server;
    if (endpoint === undefined)
      throw new UserError(
        `${issuer} has no device flow (RFC 8628); leave --device out to sign in by a page of this machine's browser.`,
      );
    const scope = this.#scope();
    const code = await checked(issuer, async () =>
      oauth.processDeviceAuthorizationResponse(
        this.#server,
        this.#client,
        await oauth.deviceAuthorizationRequest(
          this.#server,
          this.#client,
          this.#authentication,
          { scope },
          this.#options,
        ),
      ),
    );
    return {
      address: code.verification_uri_complete ?? code.verification_uri,
      userCode: code.user_code,
      deviceCode: code.device_code,
      intervalSeconds: code.interval ?? INTERVAL_SECONDS,
      expiresInSeconds: code.expires_in,
    };
  }

  /**
   * Waits until the person has signed in.
   * @param wait milliseconds
   * @throws {UserError} when the person refuses, or the code expires
   */
  async tokensFor(code: DeviceCode, wait: (ms: number) => Promise<unknown>): Promise<IssuerTokens> {
    let seconds = code.intervalSeconds;
    for (let waited = 0; waited < code.expiresInSeconds; waited += seconds) {
      await wait(seconds * 1000);
      try {
        const response = await oauth.deviceCodeGrantRequest(
          this.#server,
          this.#client,
          this.#authentication,
          code.deviceCode,
          this.#options,
        );
        return tokensIn(await oauth.processDeviceCodeResponse(this.#server, this.#client, response));
      } catch (error) {
        const reason = error instanceof oauth.ResponseBodyError ? error.error : undefined;
        if (reason === "slow_down") seconds += INTERVAL_SECONDS;
        else if (reason !== "authorization_pending") throw failure(this.#server.issuer, error);
      }
    }
    throw new UserError("The code has expired before anybody signed in; run `sluice login` again.");
  }

  /** Tokens for a refresh token, which issuers replace. @throws {UserError} when the login has ended */
  async refreshed(refreshToken: string): Promise<IssuerTokens> {
    return await checked(this.#server.issuer, async () => {
      const request = oauth.refreshTokenGrantRequest(
        this.#server,
        this.#client,
        this.#authentication,
        refreshToken,
        this.#options,
      );
      const tokens = tokensIn(await oauth.processRefreshTokenResponse(this.#server, this.#client, await request));
      return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    });
  }

  /** Ends a refresh token. @returns false where the issuer has no revocation @throws {UserError} */
  async revoke(refreshToken: string): Promise<boolean> {
    if (this.#server.revocation_endpoint === undefined) return false;
    await checked(this.#server.issuer, async () =>
      oauth.processRevocationResponse(
        await oauth.revocationRequest(this.#server, this.#client, this.#authentication, refreshToken, this.#options),
      ),
    );
    return true;
  }
}

function authenticationOf(server: oauth.AuthorizationServer, secret: string | undefined): oauth.ClientAuth {
  if (secret === undefined) return oauth.None();
  // RFC 8414, section 2: client_secret_basic where the server says none.
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic") ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
}

function tokensIn(response: oauth.TokenEndpointResponse): IssuerTokens {
  const claims = oauth.getValidatedIdTokenClaims(response);
  if (claims === undefined || response.id_token === undefined)
    throw new UserError("The issuer sent no ID token; its client needs the scope openid.");
  const person = [claims.email, claims.preferred_username].find((name) => typeof name === "string") ?? claims.sub;
  return { idToken: response.id_token, refreshToken: response.refresh_token, person: String(person) };
}

async function checked<T>(issuer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failure(issuer, error);
  }
}

function failure(issuer: string, error: unknown): Error {
  if (error instanceof UserError) return error;
  if (error instanceof oauth.ResponseBodyError)
    return new UserError(
      `${issuer} refused (${error.error}${error.error_description === undefined ? "" : `: ${error.error_description}`}); run \`sluice login\` again.`,
    );
  if (error instanceof oauth.AuthorizationResponseError)
    return new UserError(
      `${issuer} refused (${error.error}${error.error_description === undefined ? "" : `: ${error.error_description}`}); run \`sluice login\` again.`,
    );
  if (error instanceof oauth.OperationProcessingError)
    return new UserError(`${issuer} sent a response that is no OpenID provider's (${error.message}).`);
  return new UserError(`${issuer} can't be reached (${fetchFailure(error)}).`);
}
