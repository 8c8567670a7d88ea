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
  /** The stored last use of an admin key, in Unix seconds. @default - it was not used yet */
  readonly lastUsedAt?: number | undefined;
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
  const index = await store.get("", { kind: "adminKeyIndex", ids: [keyId] });
  const { organizationId, id } = index ?? { organizationId: NO_RECORD, id: NO_RECORD };
  const key = await store.get(organizationId, { kind: "adminKey", ids: [id] });
  if (key === undefined) return undefined;
  const { ownerId: userId, lastUsedAt, hash, expiresAt } = key;
  return { identity: { organizationId, keyId: key.id, userId, lastUsedAt }, hash, expiresAt };
}

async function findPersonKey(keyId: string, store: ControlStore): Promise<FoundKey | undefined> {
  const index = await store.get("", { kind: "personAdminKeyIndex", ids: [keyId] });
  const { organizationId, userId } = index ?? { organizationId: NO_RECORD, userId: NO_RECORD };
  const stored = await store.get(organizationId, { kind: "personAdminKeys", ids: [userId] });
  const key = stored?.keys.find((one) => one.keyId === keyId);
  if (key === undefined) return undefined;
  return { identity: { organizationId, keyId: userId, userId, isSignedIn: true }, ...key };
}
