import * as z from "zod";
import { Priority } from "./priority.ts";

/** `off`: keys are ignored. `optional`: no key is fine, a wrong one is 401. `required`: no key is 401. */
export const AuthMode = z.enum(["off", "optional", "required"]);
export type AuthMode = z.infer<typeof AuthMode>;

/** Paths, with all below them, that Anthropic's SDKs call: there a key may come as `x-api-key`. */
export const ANTHROPIC_PATHS = ["/v1/messages", "/v1/models"] as const;

/** The usage plan of requests without a key. */
export const ANONYMOUS_PLAN = "anonymous";

/** The default usage plan of a new key. */
export const DEFAULT_PLAN = "standard";

export const KeyScope = z.enum(["admin"]);
export type KeyScope = z.infer<typeof KeyScope>;

/** One item of the keys table, as it is written; `StoredApiKey` reads it. The secret itself is never stored: only its SHA-256, in hex. */
export const ApiKeyItem = z.strictObject({
  /** Partition key: the public part of the key, 12 characters of a-z2-7. */
  keyId: z.string().regex(/^[a-z2-7]{12}$/),
  /** SHA-256 of the whole key string, lower-case hex. 256 random bits need no salt. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(100),
  /** Name of the usage plan in the environment file. */
  plan: z.string().min(1),
  /** The highest priority of requests with this key. @default - normal */
  maxPriority: Priority.optional(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  /** Permissions of the key beside using the models: `admin` may change providers and routes. */
  scopes: z.array(KeyScope).optional(),
});
export type ApiKeyItem = z.infer<typeof ApiKeyItem>;

/**
 * Reads an `ApiKeyItem` that a newer version may have written, so that both can run side by side: fields and scopes
 * that this version does not have are dropped, and an unknown priority counts as none.
 */
export const StoredApiKey = z.object({
  ...ApiKeyItem.shape,
  maxPriority: Priority.optional().catch(undefined),
  scopes: z
    .array(z.unknown())
    .transform((scopes) => scopes.flatMap((scope) => KeyScope.safeParse(scope).data ?? []))
    .optional(),
});

/** The authorizer's `context` for API Gateway; its values must be strings. */
export interface AuthorizerContext {
  readonly keyId: string;
  readonly plan: string;
}
