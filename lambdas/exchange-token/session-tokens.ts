import { hash, randomBytes } from "node:crypto";
import * as z from "zod";
import type { RecordOf } from "../../contracts/control/records.ts";
import { SESSION_COOKIE, SESSION_PATH } from "../../contracts/sign-in/session.ts";
import { openSecret, sealSecret } from "../../domain/keys/sealed-secret.ts";
import { parseJson } from "../../lib/parse-json.ts";

/** After so long the person signs in again: as the refresh tokens of most issuers. */
export const SESSION_SECONDS = 30 * 86_400;
const SECRET_BYTES = 32;
const SECRET_FORM = /^[A-Za-z0-9_-]{43}$/;

/** The issuer's tokens of a session. Only whoever has the cookie can read them. */
const Tokens = z.object({
  idToken: z.string(),
  /** @default - the issuer gave none: the session ends with its ID token */
  refreshToken: z.string().optional(),
  /** When the issuer gave them, in milliseconds since 1970. */
  at: z.number(),
});
export type SessionTokens = Readonly<z.infer<typeof Tokens>>;

/** A cookie's secret, and the id of its session. */
export interface SessionSecret {
  readonly secret: string;
  readonly id: string;
}

export function newSessionSecret(): SessionSecret {
  return withId(randomBytes(SECRET_BYTES).toString("base64url"));
}

/** The secret in a `Cookie` header. @returns `undefined` where there is none of this form */
export function secretIn(cookies: string | undefined): SessionSecret | undefined {
  const start = `${SESSION_COOKIE}=`;
  const found = (cookies ?? "").split(";").map((cookie) => cookie.trim());
  const secret = found.find((cookie) => cookie.startsWith(start))?.slice(start.length);
  return secret !== undefined && SECRET_FORM.test(secret) ? withId(secret) : undefined;
}

/** The id does not give the secret away, and is another text than the encryption key's input. */
function withId(secret: string): SessionSecret {
  return { secret, id: hash("sha256", `sluice session ${secret}`) };
}

export function sealTokens({ secret, id }: SessionSecret, tokens: SessionTokens): string {
  return sealSecret(JSON.stringify(tokens), id, secret);
}

export function openTokens(
  { secret, id }: SessionSecret,
  { sealed }: Pick<RecordOf<"browserSession">, "sealed">,
): SessionTokens | undefined {
  return Tokens.safeParse(parseJson(openSecret(sealed, id, secret) ?? "")).data;
}

/**
 * The `Set-Cookie` header of a session: no script reads it, and the browser sends it to the paths of sessions alone.
 * @param isSecure whether by https alone; on the local stack the page is plain http
 */
export function sessionCookie({ secret }: SessionSecret, isSecure: boolean): string {
  return cookie(secret, SESSION_SECONDS, isSecure);
}

/** Removes the cookie. */
export function noCookie(isSecure: boolean): string {
  return cookie("", 0, isSecure);
}

function cookie(value: string, maxAge: number, isSecure: boolean): string {
  const attributes = [`Path=${SESSION_PATH}`, "HttpOnly", "SameSite=Strict", `Max-Age=${maxAge}`];
  return [`${SESSION_COOKIE}=${value}`, ...attributes, ...(isSecure ? ["Secure"] : [])].join("; ");
}
