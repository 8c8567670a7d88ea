import { ERRORS } from "../../contracts/api/errors.ts";
import { NO_HASH } from "../../contracts/processes/auth.ts";
import { adminKeyId, hasHash } from "../../domain/keys/admin-key.ts";
import { bearerCredential } from "../../domain/keys/api-key.ts";
import { ControlError } from "./call/control-error.ts";
import type { ControlStore } from "./store/control-store.ts";

/** Who calls, by the key of the control API. */
export interface Identity {
  readonly organizationId: string;
  /** Of the admin key; of a person who signed in, the user's id, as each sign-in makes further keys. */
  readonly keyId: string;
  /** The key's owner. */
  readonly userId: string;
  /** Whether the owner got the key by signing in. @default false */
  readonly isSignedIn?: boolean;
  /** What the key permits at most. @default - all that its owner may do */
  readonly scopes?: ReadonlySet<string> | undefined;
  /** The stored last use of an admin key, in Unix seconds. @default - it was not used yet */
  readonly lastUsedAt?: number | undefined;
  /** When an admin key was made, in Unix seconds. @default - its owner signed in */
  readonly keyCreatedAt?: number;
  /** When an admin key ends, in Unix seconds. @default - it does not expire, or its owner signed in */
  readonly keyExpiresAt?: number | undefined;
}

/** Id of a record that does not exist: an unknown key takes as many reads as any other. */
const NO_RECORD = "none";

/** A stored key. */
interface FoundKey {
  readonly identity: Identity;
  readonly hash: string;
  /** Unix seconds. @default - it does not expire */
  readonly expiresAt?: number | undefined;
}

/**
 * Finds the key of a request: an admin key, or one by sign-in. Unknown, wrong, deleted and expired keys are not told apart.
 * @throws {ControlError} `missing_api_key` or `invalid_api_key`
 */
export async function authenticate(
  authorization: string | undefined,
  store: ControlStore,
  nowMs: number,
): Promise<Identity> {
  const secret = bearerCredential(authorization);
  if (secret === undefined) throw new ControlError("missing_api_key", ERRORS.missing_api_key.message);
  const keyId = adminKeyId(secret) ?? NO_RECORD;
  const [adminKey, personKey] = await Promise.all([findAdminKey(keyId, store), findPersonKey(keyId, store)]);
  const key = adminKey ?? personKey;
  const isRight = hasHash(secret, key?.hash ?? NO_HASH);
  const isLive = key?.expiresAt === undefined || nowMs < key.expiresAt * 1000;
  if (key === undefined || !isRight || !isLive)
    throw new ControlError("invalid_api_key", ERRORS.invalid_api_key.message, { keyOwner: key?.identity });
  return key.identity;
}

async function findAdminKey(keyId: string, store: ControlStore): Promise<FoundKey | undefined> {
  const [plain, scoped] = await Promise.all([
    store.get("", { kind: "adminKeyIndex", ids: [keyId] }),
    store.get("", { kind: "scopedAdminKeyIndex", ids: [keyId] }),
  ]);
  const index = plain ?? scoped;
  const { organizationId, id } = index ?? { organizationId: NO_RECORD, id: NO_RECORD };
  const key = await store.get(organizationId, { kind: "adminKey", ids: [id] });
  if (key === undefined) return undefined;
  const { ownerId: userId, lastUsedAt, hash, createdAt: keyCreatedAt, expiresAt: keyExpiresAt } = key;
  // A key with scopes whose record has lost them permits nothing.
  const list = key.scopes ?? (scoped === undefined ? undefined : []);
  const scopes = list === undefined ? {} : { scopes: new Set(list) };
  const identity = { organizationId, keyId: key.id, userId, lastUsedAt, keyCreatedAt, keyExpiresAt, ...scopes };
  return { identity, hash, expiresAt: keyExpiresAt };
}

async function findPersonKey(keyId: string, store: ControlStore): Promise<FoundKey | undefined> {
  const index = await store.get("", { kind: "personAdminKeyIndex", ids: [keyId] });
  const { organizationId, userId } = index ?? { organizationId: NO_RECORD, userId: NO_RECORD };
  const stored = await store.get(organizationId, { kind: "personAdminKeys", ids: [userId] });
  const key = stored?.keys.find((one) => one.keyId === keyId);
  if (key === undefined) return undefined;
  return { identity: { organizationId, keyId: userId, userId, isSignedIn: true }, ...key };
}
