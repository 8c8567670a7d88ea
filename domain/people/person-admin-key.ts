import type { RecordOf } from "../../contracts/control/records.ts";
import { newAdminKey } from "../keys/admin-key.ts";
import type { Change } from "../tenancy/changes.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";

/** Keys of the control API of one user that work at once; a further one ends the oldest. */
export const MAX_LIVE_ADMIN_KEYS_PER_USER = 20;
/** DynamoDB may delete a record so long after the last of its keys has expired; until then the key is refused as expired. */
const DELETE_AFTER_SECONDS = 3600;

type Stored = RecordOf<"personAdminKeys">;

export interface PersonAdminKeyDescription {
  readonly organizationId: string;
  readonly userId: string;
  readonly seconds: number;
  /** The user's keys, as they are stored. */
  readonly stored: Stored | undefined;
  /** Id of the browser's session that the key is for. @default - none */
  readonly sessionId?: string | undefined;
  readonly nowMs: number;
}

export interface NewPersonAdminKey {
  readonly secret: string;
  readonly keyId: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly changes: readonly Change[];
}

/** Makes a key of the control API that acts as a user who signed in. Nothing is stored. */
export function newPersonAdminKey(description: PersonAdminKeyDescription): NewPersonAdminKey {
  const { organizationId, userId, seconds, stored, sessionId, nowMs } = description;
  const { secret, keyId, hash } = newAdminKey();
  const expiresAt = unixSeconds(nowMs) + seconds;
  const key = { keyId, hash, expiresAt, ...(sessionId === undefined ? {} : { sessionId }) };
  const keys = [...liveAdminKeys(stored, nowMs), key].slice(-MAX_LIVE_ADMIN_KEYS_PER_USER);
  const index = {
    kind: "personAdminKeyIndex",
    version: 1,
    keyId,
    organizationId,
    userId,
    expiresAt: expiresAt + DELETE_AFTER_SECONDS,
  } as const;
  return {
    secret,
    keyId,
    expiresAt,
    changes: [{ action: "create", record: index }, storedAs(userId, keys, stored, nowMs)],
  };
}

/**
 * Ends a user's keys of the control API. It holds only while no further key was made for the user since `stored` was read.
 * @param sessionId of the browser's session whose keys end. @default - all of the user's
 */
export function endAdminKeys(userId: string, stored: Stored | undefined, nowMs: number, sessionId?: string): Change {
  const others = liveAdminKeys(stored, nowMs).filter((key) => sessionId !== undefined && key.sessionId !== sessionId);
  return storedAs(userId, others, stored, nowMs);
}

/** The keys that have not expired, oldest first. */
export function liveAdminKeys(stored: Stored | undefined, nowMs: number): Stored["keys"] {
  return (stored?.keys ?? []).filter(({ expiresAt }) => expiresAt * 1000 > nowMs);
}

/** The record is written without any key too: a key that is made at the same time then loses the race, or wins it. */
function storedAs(userId: string, keys: Stored["keys"], before: Stored | undefined, nowMs: number): Change {
  const expiresAt = Math.max(unixSeconds(nowMs), ...keys.map((key) => key.expiresAt)) + DELETE_AFTER_SECONDS;
  const record = { kind: "personAdminKeys", version: (before?.version ?? 0) + 1, userId, keys, expiresAt } as const;
  return before === undefined ? { action: "create", record } : { action: "replace", record, version: before.version };
}
