import { ERRORS } from "../../contracts/api/errors.ts";
import { NO_HASH } from "../../contracts/processes/auth.ts";
import { adminKeyId, hasHash } from "../../domain/keys/admin-key.ts";
import { bearerCredential } from "../../domain/keys/api-key.ts";
import { ControlError } from "./call/control-error.ts";
import type { ControlStore } from "./store/control-store.ts";

/** Who calls, by the admin key. */
export interface Identity {
  readonly organizationId: string;
  /** Of the admin key. */
  readonly keyId: string;
  /** The key's owner. */
  readonly userId: string;
  /** The stored last use of the key, in Unix seconds. @default - it was not used yet */
  readonly lastUsedAt?: number | undefined;
}

/** Id of a record that does not exist: an unknown key takes as many reads as any other. */
const NO_RECORD = "none";

/**
 * Finds the admin key of a request. Unknown, wrong, deleted and expired keys are not told apart.
 * @throws {ControlError} `missing_api_key` or `invalid_api_key`
 */
export async function authenticate(
  authorization: string | undefined,
  store: ControlStore,
  nowMs: number,
): Promise<Identity> {
  const secret = bearerCredential(authorization);
  if (secret === undefined) throw new ControlError("missing_api_key", ERRORS.missing_api_key.message);
  const index = await store.get("", { kind: "adminKeyIndex", ids: [adminKeyId(secret) ?? NO_RECORD] });
  const { organizationId, id } = index ?? { organizationId: NO_RECORD, id: NO_RECORD };
  const key = await store.get(organizationId, { kind: "adminKey", ids: [id] });
  const isRight = hasHash(secret, key?.hash ?? NO_HASH);
  const isLive = key?.expiresAt === undefined || nowMs < key.expiresAt * 1000;
  if (key === undefined || !isRight || !isLive)
    throw new ControlError("invalid_api_key", ERRORS.invalid_api_key.message, {
      keyOwner: key && { organizationId, keyId: key.id },
    });
  return { organizationId, keyId: key.id, userId: key.ownerId, lastUsedAt: key.lastUsedAt };
}
