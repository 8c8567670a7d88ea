import type { SubjectClaims } from "../workloads/choose-policy.ts";
import type { DecodedToken } from "./decode-token.ts";
import type { IssuerAddress, IssuerKeys } from "./issuer-keys.ts";
import { fits, isAllowedAlgorithm, isSignedBy, type PublicJwk } from "./signature.ts";
import { TokenError } from "./token-error.ts";

/** Clocks of issuers may differ by so much. A key never lives longer than its token, so `exp` has no such leeway. */
export const CLOCK_SKEW_SECONDS = 30;

/** A later time is no time in seconds. */
const LATEST_EXPIRY = 100_000_000_000;

/**
 * Checks signature and times of a token.
 * @param nowMs milliseconds since 1970
 * @throws {TokenError} `algorithm`, `key`, `signature`, `audience`, `expiry`, `not-before` or `issued-at`
 * @throws {IssuerUnavailable}
 */
export async function verifyToken(
  token: DecodedToken,
  address: IssuerAddress,
  keys: IssuerKeys,
  nowMs: number,
): Promise<SubjectClaims> {
  const { algorithm, keyId, text } = token;
  if (!isAllowedAlgorithm(algorithm)) throw new TokenError("algorithm");
  const isWanted = (key: PublicJwk) => fits(key, algorithm) && (keyId === undefined || key.kid === keyId);
  const wanted = (await keys.keysOf(address, isWanted)).filter(isWanted);
  const [key] = wanted;
  // Without its name a key must be the only one that fits.
  if (key === undefined || (keyId === undefined && wanted.length > 1)) throw new TokenError("key");
  const verdicts = await Promise.all(wanted.map((candidate) => isSignedBy(candidate, algorithm, text)));
  if (!verdicts.includes(true)) throw new TokenError("signature");
  return claimsOf(token, nowMs / 1000);
}

function claimsOf({ issuer, claims }: DecodedToken, now: number): SubjectClaims {
  const { sub, aud, exp, nbf, iat } = claims;
  const audiences = aud === undefined ? [] : Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((each) => typeof each === "string")) throw new TokenError("audience");
  if (typeof exp !== "number" || !(now < exp && exp < LATEST_EXPIRY)) throw new TokenError("expiry");
  if (nbf !== undefined && !isPast(nbf, now)) throw new TokenError("not-before");
  if (iat !== undefined && !isPast(iat, now)) throw new TokenError("issued-at");
  return { iss: issuer, sub: typeof sub === "string" ? sub : undefined, aud: audiences, exp, all: claims };
}

function isPast(time: unknown, now: number): boolean {
  return typeof time === "number" && time <= now + CLOCK_SKEW_SECONDS;
}
