import * as z from "zod";
import { SIGN_IN_PATH, SignInDocument } from "../../contracts/processes/people.ts";
import { TOKEN_PATH } from "../../contracts/processes/workloads.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { fetchFailure } from "../terminal/fetch-failure.ts";
import { UserError } from "../terminal/user-error.ts";
import { IssuerClient } from "./issuer-client.ts";
import type { Login, LoginStore } from "./login-store.ts";

const TIMEOUT_MS = 30_000;
/** A key that ends sooner is replaced before it is used. */
const MARGIN_MS = 60_000;

const Issued = z.object({ access_token: z.string(), expires_in: z.number(), project_id: z.string().optional() });
const Refused = z.object({
  error: z.string(),
  error_description: z.string().optional(),
  projects: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

/** Where people sign in for an API. @throws {UserError} when it can't be reached, or has no sign-in */
export async function signInOf(url: string): Promise<SignInDocument> {
  const { status, body } = await requested(url, SIGN_IN_PATH, {});
  const document = SignInDocument.safeParse(body);
  if (document.success) return document.data;
  throw new UserError(
    `${url} has no sign-in of people (it responded with ${status}); set identity.people in its environment file, or use an API key.`,
  );
}

/**
 * Exchanges an ID token.
 * @param nowMs milliseconds since 1970
 * @throws {UserError} when the API gives no key
 */
export async function exchanged(
  url: string,
  idToken: string,
  projectId: string | undefined,
  nowMs: number,
): Promise<NonNullable<Login["key"]>> {
  const form = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: idToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    ...(projectId === undefined ? {} : { project_id: projectId }),
  });
  const { status, body } = await requested(url, TOKEN_PATH, { method: "POST", body: form });
  const issued = Issued.safeParse(body);
  if (issued.success) {
    const { access_token: secret, expires_in: seconds, project_id: ofProject } = issued.data;
    return { secret, expiresAt: nowMs + seconds * 1000, projectId: ofProject };
  }
  const refused = Refused.safeParse(body);
  if (!refused.success) throw new UserError(`${url} gave no key (it responded with ${status}).`);
  const { error, error_description: description = error, projects = [] } = refused.data;
  const choices = projects.map(({ id, name }) => `${id} (${name})`).join(", ");
  throw new UserError(
    choices === ""
      ? `${url} gave no key: ${description}`
      : `You are a member of several projects; choose one with \`sluice login --project ID\`: ${choices}.`,
  );
}

export interface LoginKeyTools {
  readonly store: LoginStore;
  /** Milliseconds since 1970. */
  now(): number;
  /** Of the client at the provider, where it has one. @default - a public client */
  readonly clientSecret?: string | undefined;
}

/**
 * The key of a login, a new one when the last one ends soon.
 * @returns `undefined` where nobody is logged in
 * @throws {UserError} when the login has ended
 */
export async function keyOfLogin(
  url: string,
  { store, now, clientSecret }: LoginKeyTools,
): Promise<string | undefined> {
  const isFresh = (login: Login | undefined) => (login?.key?.expiresAt ?? 0) > now() + MARGIN_MS;
  const known = store.read(url);
  if (known === undefined) return undefined;
  if (isFresh(known)) return known.key?.secret;
  return await store.locked(async () => {
    const login = store.read(url); // another process may have refreshed it
    if (login === undefined || isFresh(login)) return login?.key?.secret;
    if (login.refreshToken === undefined)
      throw new UserError(`The login at ${url} has ended; run \`sluice login\` again.`);
    const client = await IssuerClient.discover(login.issuer, login.clientId, clientSecret);
    const tokens = await client.refreshed(login.refreshToken);
    // The refresh token before it is of no use any more, whatever the exchange says.
    const refreshed = { ...login, refreshToken: tokens.refreshToken, key: undefined };
    store.write(url, refreshed);
    const key = await exchanged(url, tokens.idToken, login.projectId, now());
    store.write(url, { ...refreshed, key });
    return key.secret;
  });
}

async function requested(url: string, path: string, init: RequestInit) {
  try {
    const response = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
      ...init,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: parseJson(await response.text()) };
  } catch (error) {
    throw new UserError(`${url} can't be reached (${fetchFailure(error)}); check --url, and that the service runs.`);
  }
}
