import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { AddressRange, KeyScope } from "./auth.ts";
import { Priority } from "./priority.ts";

/** Path of the token exchange. */
export const TOKEN_PATH = "/oauth/token";

/** A key of a workload lives at most so long. */
export const LONGEST_WORKLOAD_KEY_SECONDS = 900;

/** Hosts of this machine: an issuer there may be plain http, for the local stack and tests. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Whether an issuer's address may be read: https, or a server on this machine. */
export function isSafeIssuerAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username + password + search + hash !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
}

/** Address of an issuer, or of its keys. */
export const issuerAddress = z
  .string()
  .max(300)
  .refine(isSafeIssuerAddress, "must be an https address without a query, as it is in the token's iss");

/**
 * Which workloads of which issuer get a key, and what the key may do. A workload signs in with a token that its platform
 * has signed, and stores no secret: docs/workload-identity.md.
 */
export const WorkloadPolicy = z.strictObject({
  /** Name in the log, of the keys' owner, and in a request that asks for this policy. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "must be 1 to 40 of a-z, 0-9 and -, starting with a letter"),
  /** `iss` of the token, exactly. */
  issuer: issuerAddress,
  /** Address of the issuer's keys. @default - the one in its discovery document, `/.well-known/openid-configuration` */
  jwksUri: issuerAddress.optional(),
  /** A value of the token's `aud`, exactly. */
  audience: z.string().min(1).max(300),
  /** Claims that the token must have; `*` in a value stands for any text. At least one, of which a part is fixed. */
  claims: z.record(z.string().min(1), z.string().min(1).max(300)),
  /** Public names of the models that the keys may use. @default - all */
  models: z.array(z.string().min(1)).optional(),
  /** What the keys may do. A workload can't be an administrator. @default - generate */
  scopes: z
    .array(KeyScope.exclude(["admin", "observe", "logs"]))
    .min(1)
    .optional(),
  /** Usage plan of the keys. @default - `standard` */
  plan: z.string().min(1).optional(),
  /** Highest priority of requests with the keys. @default - normal */
  maxPriority: Priority.optional(),
  /** Ranges of client addresses that the keys work from. @default - all */
  addresses: z.array(AddressRange).optional(),
  /** Project that the keys belong to. @default - none */
  projectId: z.string().min(1).optional(),
  /** Life of a key in seconds; a key never lives longer than the token. @default 900 */
  ttlSeconds: z.int().min(60).max(LONGEST_WORKLOAD_KEY_SECONDS).optional(),
  /**
   * Whether a token may be exchanged again until it expires. Platforms that give a workload the same token for minutes,
   * Kubernetes and SPIFFE, need `allowed`. @default "refused"
   */
  reuse: z.enum(["refused", "allowed"]).optional(),
  /** Whether the token itself is valid in place of a key at `/v1`, until it expires; needs `reuse: "allowed"`. @default false */
  accessToken: z.boolean().optional(),
});
export type WorkloadPolicy = DeepReadonly<z.infer<typeof WorkloadPolicy>>;
