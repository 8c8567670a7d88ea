import { type DecodedToken, decodeToken } from "../../domain/issuers/decode-token.ts";
import type { IssuerAddress, IssuerKeys } from "../../domain/issuers/issuer-keys.ts";
import { TokenError } from "../../domain/issuers/token-error.ts";
import { verifyToken } from "../../domain/issuers/verify-token.ts";
import type { SubjectClaims } from "../../domain/workloads/choose-policy.ts";
import { IssuerUnavailable } from "../../lib/http/fetch-document.ts";
import { OAuthError } from "./oauth-error.ts";

/** What a client is told of a token before its signature is known to be the issuer's. */
const UNTRUSTED = "The subject token is not accepted. The operator finds the rule in the log, by the request id.";

export interface VerifyTools {
  readonly keys: IssuerKeys;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** Reads a token, whose signature is still to be checked. @throws {OAuthError} */
export function readToken(text: string): DecodedToken {
  try {
    return decodeToken(text);
  } catch (error) {
    if (error instanceof TokenError) throw new OAuthError("invalid_grant", UNTRUSTED, { rule: error.rule });
    throw error;
  }
}

/** A token that is refused before its signature is known to be the issuer's. */
export function untrusted(rule: string, { issuer }: DecodedToken): OAuthError {
  return new OAuthError("invalid_grant", UNTRUSTED, { rule, facts: { claimedIssuer: issuer.slice(0, 200) } });
}

/** Checks signature and times of a token. @throws {OAuthError} */
export async function verified(
  token: DecodedToken,
  address: IssuerAddress,
  { keys, wallClock }: VerifyTools,
): Promise<SubjectClaims> {
  try {
    return await verifyToken(token, address, keys, wallClock());
  } catch (error) {
    if (error instanceof TokenError) throw untrusted(error.rule, token);
    if (!(error instanceof IssuerUnavailable)) throw error;
    throw new OAuthError("temporarily_unavailable", "The issuer's keys can't be read now. Try again.", {
      status: 503,
      rule: "issuer-keys",
      facts: { issuer: address.issuer, reason: error.message },
      retryAfterSeconds: 5,
    });
  }
}

/** Checks the ID token that an issuer has just given. @throws {OAuthError} */
export async function verifiedIdToken(
  text: string,
  address: IssuerAddress,
  tools: VerifyTools,
): Promise<SubjectClaims> {
  const token = readToken(text);
  if (token.issuer !== address.issuer) throw untrusted("issuer", token);
  return await verified(token, address, tools);
}
