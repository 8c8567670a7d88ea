import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type Context, errors, Provider } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import { COGNITO_GROUPS, DEFAULT_GROUPS_CLAIM } from "../../domain/people/directory-groups.ts";
import { bind, respond } from "../http/server.ts";
import { COGNITO_TOKENS, cognitoClaims, emailOfSubject, poolSubject } from "./cognito-form.ts";
import { choicePage, codePage, confirmPage, issuerPage, LOCAL_GROUPS, LOCAL_PEOPLE } from "./issuer-pages.ts";

export interface LocalIssuer {
  /** Its address, and the `iss` of its tokens. */
  readonly url: string;
  close(): Promise<void>;
}

const INTERACTION = "/interaction/";
const SCOPES = ["openid", "email", "profile", "offline_access"];
const MAX_FORM_BYTES = 10_000;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Seconds for which each thing lives. */
const LIVES = {
  AccessToken: HOUR,
  AuthorizationCode: 60,
  DeviceCode: 600,
  Grant: 30 * DAY,
  IdToken: HOUR,
  Interaction: HOUR,
  RefreshToken: 30 * DAY,
  Session: DAY,
} as const;

export interface LocalIssuerOptions {
  /** Where the code flow may return to. @default - nowhere: the device flow alone */
  readonly redirectUris?: readonly string[];
  /** A client that names it as `resource` gets access tokens for it, as JWTs. @default - access tokens are opaque */
  readonly audience?: string | undefined;
  /** Whether it stands in for a user pool: ids of people and tokens have Cognito's form. @default false */
  readonly isCognito?: boolean;
  /** Claim with a person's groups. @default "groups", and in Cognito's form "cognito:groups" */
  readonly groupsClaim?: string | undefined;
  /** Groups of a person, by the address; in a token there is no claim where there are none. @default - those of the example people */
  readonly groupsOf?: (email: string) => readonly string[];
}

/**
 * Starts an OpenID provider on this machine with two example people: discovery, the device flow, and the code flow with
 * PKCE. Keys and sessions are in memory: after a restart everybody signs in again.
 */
export async function startLocalIssuer(clientId: string, options: LocalIssuerOptions = {}): Promise<LocalIssuer> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    respond(response, 503, {});
  const server = await bind(0, "", (request, response) => handle(request, response));
  const url = `http://127.0.0.1:${server.port}`;
  const people = options.isCognito ? POOL_IDS : ADDRESSES;
  const provider = new Provider(url, configuration(clientId, options));
  const callback = provider.callback();
  handle = (request, response) => {
    if (!request.url?.startsWith(INTERACTION)) return callback(request, response);
    interact(provider, request, response, people).catch(() =>
      respond(response, 400, HTML, issuerPage("Start again", "<p>This sign-in has ended. Start it again.</p>")),
    );
  };
  return { url, close: () => server.close() };
}

/** How the issuer names people. */
interface PersonIds {
  readonly idOf: (email: string) => string;
  readonly emailOf: (id: string) => string | undefined;
}

const ADDRESSES: PersonIds = { idOf: (email) => email, emailOf: (id) => (isPerson(id) ? id : undefined) };
const POOL_IDS: PersonIds = { idOf: poolSubject, emailOf: emailOfSubject };

const HTML = { "content-type": "text/html; charset=utf-8" } as const;

/** The login page: shows the people, and signs the chosen one in. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  { idOf }: PersonIds,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") return respond(response, 200, HTML, choicePage(`${INTERACTION}${uid}`));
  if (Number(request.headers["content-length"] ?? MAX_FORM_BYTES + 1) > MAX_FORM_BYTES) throw new Error("too long");
  const person = new URLSearchParams(await text(request)).get("person") ?? "";
  if (!isPerson(person)) throw new Error("not a person of this issuer");
  // A native client's person is to confirm each sign-in, which pressing the button does.
  await provider.interactionFinished(request, response, { login: { accountId: idOf(person) }, consent: {} });
}

function isPerson(email: string): boolean {
  return LOCAL_PEOPLE.some((person) => person === email);
}

function configuration(clientId: string, options: LocalIssuerOptions) {
  const { redirectUris = [], audience, isCognito = false } = options;
  const { groupsClaim = isCognito ? COGNITO_GROUPS : DEFAULT_GROUPS_CLAIM } = options;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const isCode = redirectUris.length > 0;
  const write = (context: Context, html: string) => {
    context.type = "html";
    context.body = html;
  };
  return {
    adapter: createMemoryAdapter(),
    clients: [
      {
        client_id: clientId,
        application_type: "native" as const, // its redirects are on this machine, at any port: RFC 8252, section 7.3
        redirect_uris: redirectUris,
        token_endpoint_auth_method: "none" as const,
        grant_types: [
          "urn:ietf:params:oauth:grant-type:device_code",
          "refresh_token",
          ...(isCode ? ["authorization_code"] : []),
        ],
        response_types: isCode ? ["code"] : [],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" }] },
    cookies: { keys: [randomUUID()] },
    scopes: SCOPES,
    claims: {
      openid: ["sub", groupsClaim, ...(isCognito ? ["token_use", "cognito:username"] : [])],
      email: ["email", "email_verified"],
    },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: isCognito
        ? COGNITO_TOKENS.resourceIndicators
        : {
            enabled: true,
            getResourceServerInfo: (_: Context, resource: string) => {
              if (resource !== audience) throw new errors.InvalidTarget();
              return { scope: "", audience, accessTokenFormat: "jwt" as const, jwt: { sign: { alg: "RS256" } } };
            },
            // Also for a refresh, and for the token of a device, whose requests need not name it again.
            useGrantedResource: () => true,
          },
      revocation: { enabled: true, allowedPolicy: () => true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context: Context, form: string, _out?: object, error?: Error) =>
          write(context, codePage(form, error !== undefined)),
        userCodeConfirmSource: (context: Context, form: string, _client: object, _device: object, code: string) =>
          write(context, confirmPage(form, code)),
        successSource: (context: Context) =>
          write(context, issuerPage("Signed in", "<p>You can close this page and go back to the command.</p>")),
      },
    },
    interactions: { url: (_: Context, { uid }: { readonly uid: string }) => `${INTERACTION}${uid}` },
    ttl: LIVES,
    // Access tokens have no claims of a person but `sub`.
    extraTokenClaims: (_: Context, { accountId }: { readonly accountId?: string }) =>
      accountId === undefined || isCognito ? undefined : { email: accountId, email_verified: true },
    ...(isCognito ? { formats: COGNITO_TOKENS.formats } : {}),
    issueRefreshToken: async () => true,
    loadExistingGrant: consent,
    renderError: (context: Context) =>
      write(context, issuerPage("Sign-in failed", "<p>The request was not accepted. Start it again.</p>")),
    findAccount: (_: unknown, id: string) => account(id, groupsClaim, options),
  };
}

/** A person as tokens name them, each time with the groups of that time. */
function account(id: string, groupsClaim: string, { isCognito = false, groupsOf = exampleGroups }: LocalIssuerOptions) {
  const email = (isCognito ? POOL_IDS : ADDRESSES).emailOf(id);
  if (email === undefined) return undefined;
  const more = isCognito ? cognitoClaims(id) : {};
  const claims = () => {
    const groups = groupsOf(email);
    const named = groups.length === 0 ? {} : { [groupsClaim]: groups };
    return { sub: id, email, email_verified: true, ...more, ...named };
  };
  return { accountId: id, claims };
}

const exampleGroups = (email: string): readonly string[] => LOCAL_GROUPS[email] ?? [];

/** The one client is this stack's own: nobody is asked for consent. */
async function consent({ oidc: { client, session, provider } }: Context) {
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES.join(" "));
  await grant.save();
  return grant;
}
