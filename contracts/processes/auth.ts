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

/** Addresses in CIDR notation. */
export const AddressRange = z.union([z.cidrv4(), z.cidrv6()]);

export const KeyScope = z.enum(["read", "generate", "observe", "logs", "admin"]);
export type KeyScope = z.infer<typeof KeyScope>;

/** What a key may do, and the scopes that each scope contains. */
export const KEY_SCOPES = {
  /** List models; read the key's own files, batches and stored responses. */
  read: [],
  /** Use the models, and write what belongs to the key: files, batches, stored responses. */
  generate: ["read"],
  /** See how the service does: its health. It changes nothing and does not use models. */
  observe: [],
  /** Read the newest lines of the gateways' log, which are of all tenants. */
  logs: ["observe"],
  /** Change providers, routes and keys. An administrator's key does not use models. */
  admin: ["read", "observe", "logs"],
} as const satisfies Readonly<Record<KeyScope, readonly KeyScope[]>>;

/** Scopes of a key that was made without any. */
export const DEFAULT_SCOPES = ["generate"] as const satisfies readonly KeyScope[];

/** The user or service account that a key belongs to. */
export const KeyOwner = z.strictObject({
  type: z.enum(["user", "service_account"]),
  id: z.string().min(1),
});
export type KeyOwner = z.infer<typeof KeyOwner>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `hash` of a restricted key. No secret has it, so a release that does not know the restrictions refuses the key. */
export const NO_HASH = "0".repeat(64);

/** The secret before the last rotation, and until when it works. */
const PreviousSecret = z.strictObject({ hash: Sha256, validUntil: z.iso.datetime() });

/** One item of the keys table, as it is written; `StoredApiKey` reads it. The secret itself is never stored: only its SHA-256, in hex. */
export const ApiKeyItem = z.strictObject({
  /** Partition key: the public part of the key, 12 characters of a-z2-7. It stays when the secret is rotated. */
  keyId: z.string().regex(/^[a-z2-7]{12}$/),
  /** SHA-256 of the whole key string, lower-case hex; `NO_HASH` in a restricted key. 256 random bits need no salt. */
  hash: Sha256,
  /** SHA-256 of a key that has `expiresAt`, `models`, `addresses` or `scopes`; without it, those are absent. */
  restrictedHash: Sha256.optional(),
  name: z.string().min(1).max(100),
  /** Name of the usage plan in the environment file. */
  plan: z.string().min(1),
  /** The highest priority of requests with this key. @default - normal */
  maxPriority: Priority.optional(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  /** From this time on the key is refused. @default - it does not expire */
  expiresAt: z.iso.datetime().optional(),
  /** Public names of the models that it may use. @default - all */
  models: z.array(z.string().min(1)).optional(),
  /** Ranges of client addresses in CIDR notation. @default - all */
  addresses: z.array(AddressRange).optional(),
  /** What it may do, exactly. A key without `restrictedHash` has `generate` beside these. @default - generate */
  scopes: z.array(KeyScope).optional(),
  /** @default - a key of the environment, which belongs to no one */
  owner: KeyOwner.optional(),
  projectId: z.string().min(1).optional(),
  /** Within minutes. @default - not used yet */
  lastUsedAt: z.iso.datetime().optional(),
  previous: PreviousSecret.optional(),
  /** Ids of items of this table; once one of them exists, the key has ended. @default - it ends by itself */
  endedBy: z.array(z.string().min(1)).max(8).optional(),
  /** Names of fields of newer releases that a reader must know; one that it lacks makes it refuse the key. */
  requires: z.array(z.string()).optional(),
});
export type ApiKeyItem = z.infer<typeof ApiKeyItem>;

/**
 * Reads an `ApiKeyItem` that a newer version may have written, so that both can run side by side: fields and scopes
 * that this version does not have are dropped. What it can't read never gives more rights: an unreadable date, model
 * list, address list, owner or hash, or a name in `requires` that it lacks, makes the whole key unreadable; an unknown
 * priority, scope or previous secret counts as none.
 */
export const StoredApiKey = z
  .object({
    ...ApiKeyItem.shape,
    maxPriority: Priority.optional().catch(undefined),
    lastUsedAt: z.iso.datetime().optional().catch(undefined),
    previous: PreviousSecret.optional().catch(undefined),
    scopes: z
      .array(z.unknown())
      .transform((scopes) => scopes.flatMap((scope) => KeyScope.safeParse(scope).data ?? []))
      .optional(),
  })
  .refine(({ requires = [] }) => requires.every((name) => Object.hasOwn(ApiKeyItem.shape, name)));

/** Read and checked where there is no key, so that an unknown key takes as long as any other. No secret has its hash. */
export const ABSENT_KEY = {
  keyId: "aaaaaaaaaaaa",
  hash: NO_HASH,
  name: "(absent)",
  plan: "none",
  createdAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2026-01-01T00:00:00.000Z",
} as const satisfies ApiKeyItem;

/** Characters of a key's id: the lower-case base 32 of RFC 4648. */
export const KEY_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Id of the item that counts the changes of all keys, in `changes`. No key is ever made with it. */
export const KEY_CHANGES_ID = "keychanges22";

/** Attribute of the keys table after whose time, in Unix seconds, DynamoDB deletes an item; keys have none. */
export const KEYS_TTL_ATTRIBUTE = "expireAt";

/**
 * The response to a rotation, stored for ten minutes for a client that sends its request again. It has the form of a
 * revoked key, for releases that take every item of the table for a key.
 */
export const RotationItem = z.object({
  keyId: z.string(),
  kind: z.literal("rotation"),
  hash: z.literal(NO_HASH),
  name: z.string(),
  plan: z.string(),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime(),
  /** The new secret, encrypted with a key that only the client can derive. */
  sealed: z.string(),
  /** Until when the secret before works. */
  previousValidUntil: z.iso.datetime(),
  /** Until when a repeated request gets the same secret. */
  validUntil: z.iso.datetime(),
  /** `KEYS_TTL_ATTRIBUTE`. */
  expireAt: z.number(),
});
export type RotationItem = z.infer<typeof RotationItem>;

/** The authorizer's `context` for API Gateway; its values must be strings. */
export interface AuthorizerContext {
  readonly keyId: string;
  readonly plan: string;
}
