import type { RecordKind, RecordOf } from "../../contracts/control/records.ts";
import { type Change, type RecordKey, removeRecord } from "../tenancy/changes.ts";
import { isOf, lastingKeys, type RevokedKeys, revokePersonKeys } from "./person-key.ts";

/** Reads a record of the organisation. */
export type GetRecord = <K extends RecordKind>(key: RecordKey<K>) => Promise<RecordOf<K> | undefined>;

/** Revokes keys of a user, and removes the records of those that the user made. @param of which. @default - all */
export async function revokedKeysOf(
  get: GetRecord,
  userId: string,
  nowMs: number,
  of: RevokedKeys = {},
): Promise<readonly Change[]> {
  const stored = await get({ kind: "personKeys", ids: [userId] });
  const records = await lastingRecordsOf(get, stored, of);
  return [...revokePersonKeys(userId, stored, nowMs, of), ...records.map(removeRecord)];
}

/** The records of a user's lasting keys that are still there. @param of which of them. @default - all */
export async function lastingRecordsOf(
  get: GetRecord,
  stored: RecordOf<"personKeys"> | undefined,
  of: RevokedKeys = {},
): Promise<readonly RecordOf<"projectKey">[]> {
  const records = await Promise.all(
    lastingKeys(stored)
      .filter(isOf(of))
      .map(({ keyId, projectId }) => get({ kind: "projectKey", ids: [projectId, `key_${keyId}`] })),
  );
  return records.filter((record) => record !== undefined);
}
