import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import * as z from "zod";

/** A public key of an issuer, RFC 7517. Fields that are not needed for a signature are dropped. */
export const PublicJwk = z.object({
  kty: z.enum(["RSA", "EC", "OKP"]),
  kid: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  alg: z.string().optional(),
  crv: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

interface Algorithm {
  readonly kty: PublicJwk["kty"];
  /** Curve of the key. @default - RSA has none */
  readonly crv?: string;
  /** @default - the algorithm hashes itself */
  readonly hash?: string;
  readonly isPss?: true;
}

/**
 * Algorithms of RFC 7518 and RFC 8037 that a token may be signed with: those with a public key. `none`, and the HMACs,
 * with which a public key would be the secret, are not among them.
 */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { kty: "RSA", hash: "sha256" },
  RS384: { kty: "RSA", hash: "sha384" },
  RS512: { kty: "RSA", hash: "sha512" },
  PS256: { kty: "RSA", hash: "sha256", isPss: true },
  PS384: { kty: "RSA", hash: "sha384", isPss: true },
  PS512: { kty: "RSA", hash: "sha512", isPss: true },
  ES256: { kty: "EC", crv: "P-256", hash: "sha256" },
  ES384: { kty: "EC", crv: "P-384", hash: "sha384" },
  ES512: { kty: "EC", crv: "P-521", hash: "sha512" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
};

/** RFC 7518, section 3.3: RSA keys of 2048 bits or more. */
const RSA_BITS = 2048;
/** Uses of a key that checks tokens; `jwt-svid` is SPIFFE's. */
const USES = ["sig", "jwt-svid"];

function algorithmOf(name: string): Algorithm | undefined {
  return Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
}

export function isAllowedAlgorithm(name: string): boolean {
  return algorithmOf(name) !== undefined;
}

/** Whether a key is for tokens that are signed with this algorithm. */
export function fits(key: PublicJwk, algorithm: string): boolean {
  const known = algorithmOf(algorithm);
  if (known === undefined || key.kty !== known.kty || key.crv !== known.crv) return false;
  if (key.alg !== undefined && key.alg !== algorithm) return false;
  if (key.use !== undefined && !USES.includes(key.use)) return false;
  return key.key_ops === undefined || key.key_ops.includes("verify");
}

/** Whether the signature is the key's. The key fits the algorithm. */
export function isSignedBy(key: PublicJwk, algorithm: string, signed: string, signature: Buffer): boolean {
  const known = algorithmOf(algorithm);
  const publicKey = keyObject(key);
  if (known === undefined || publicKey === undefined) return false;
  if (known.kty === "RSA" && (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS) return false;
  const { isPss, hash } = known;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  // JOSE writes the two numbers of an ECDSA signature one after the other, not as DER.
  const options = { key: publicKey, dsaEncoding: "ieee-p1363" as const, ...(isPss ? pss : {}) };
  return verify(hash, Buffer.from(signed), options, signature);
}

function keyObject({ kty, crv, n, e, x, y }: PublicJwk): KeyObject | undefined {
  try {
    const jwk = Object.fromEntries(Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined));
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined; // a set may have keys that are broken beside those that are not
  }
}
