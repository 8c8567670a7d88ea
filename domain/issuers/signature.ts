import { compactVerify, importJWK } from "jose";
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
}

/**
 * Algorithms of RFC 7518 and RFC 8037 that a token may be signed with: those with a public key. `none`, and the HMACs,
 * with which a public key would be the secret, are not among them.
 */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { kty: "RSA" },
  RS384: { kty: "RSA" },
  RS512: { kty: "RSA" },
  PS256: { kty: "RSA" },
  PS384: { kty: "RSA" },
  PS512: { kty: "RSA" },
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
};

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

/**
 * Whether the token is signed with the key, which fits the algorithm. An RSA key of under 2048 bits signs nothing
 * (RFC 7518, section 3.3).
 */
export async function isSignedBy(key: PublicJwk, algorithm: string, token: string): Promise<boolean> {
  try {
    await compactVerify(token, await imported(key, algorithm), { algorithms: [algorithm] });
    return true;
  } catch {
    return false; // a set may have keys that are broken beside those that are not
  }
}

type ImportedKey = Awaited<ReturnType<typeof importJWK>>;
/** Of each key of an issuer's set, by algorithm: reading it takes about as long as checking a signature with it. */
const IMPORTED = new WeakMap<PublicJwk, Map<string, Promise<ImportedKey>>>();

function imported(key: PublicJwk, algorithm: string): Promise<ImportedKey> {
  const byAlgorithm = IMPORTED.get(key) ?? new Map<string, Promise<ImportedKey>>();
  IMPORTED.set(key, byAlgorithm);
  const known = byAlgorithm.get(algorithm);
  if (known !== undefined) return known;
  const { kty, crv, n, e, x, y } = key;
  const jwk = Object.fromEntries(Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined));
  const read = importJWK(jwk, algorithm);
  byAlgorithm.set(algorithm, read);
  return read;
}
