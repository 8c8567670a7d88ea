import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { TokenError } from "./token-error.ts";

/** A signed token in its parts. Nothing of it is to be believed before its signature was checked. */
export interface DecodedToken {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** As it came. */
  readonly text: string;
  /** Header and claims, without the signature. */
  readonly signed: string;
}

/** Tokens of AWS and GitHub have 1 to 3 KiB. */
const MAX_CHARACTERS = 16_384;
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Types of a header that a JWT may have: RFC 7519, and SPIFFE's JWT-SVID. Tokens for other uses have other ones. */
const TYPES: readonly string[] = ["jwt", "jose"];
/** Those of an access token: RFC 9068, section 2.1, and those of issuers that name none of its own. */
export const ACCESS_TOKEN_TYPES: readonly string[] = ["at+jwt", "application/at+jwt", ...TYPES];

/**
 * @param types that the header may have, in lower case. @default - those of a JWT for no special use
 * @throws {TokenError} `form`, `type`, `critical-header` or `issuer`
 */
export function decodeToken(token: string, types = TYPES): DecodedToken {
  if (token.length > MAX_CHARACTERS || !FORM.test(token)) throw new TokenError("form");
  const [head = "", body = ""] = token.split(".");
  const header = jsonOf(head);
  const claims = jsonOf(body);
  const { alg, kid, typ, crit } = header;
  if (typeof alg !== "string" || (kid !== undefined && typeof kid !== "string")) throw new TokenError("form");
  if (typ !== undefined && !(typeof typ === "string" && types.includes(typ.toLowerCase())))
    throw new TokenError("type");
  if (crit !== undefined) throw new TokenError("critical-header");
  if (typeof claims.iss !== "string") throw new TokenError("issuer");
  return {
    algorithm: alg,
    keyId: kid,
    issuer: claims.iss,
    claims,
    text: token,
    signed: `${head}.${body}`,
  };
}

function jsonOf(part: string): Readonly<Record<string, unknown>> {
  const value = parseJson(Buffer.from(part, "base64url").toString("utf8"));
  if (!isRecord(value)) throw new TokenError("form");
  return value;
}
