import type { RecordOf } from "../../../contracts/control/records.ts";
import { endAdminKeys } from "../../../domain/people/person-admin-key.ts";
import type { RevokedKeys } from "../../../domain/people/person-key.ts";
import { lastingRecordsOf, revokedKeysOf } from "../../../domain/people/revoked-keys.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import type { ControlStore } from "../store/control-store.ts";
import type { Caller } from "./control-call.ts";

interface Reading {
  readonly caller: Pick<Caller, "organizationId">;
  readonly store: ControlStore;
  readonly nowMs: number;
}

/** Revokes the keys of a user in one project: those by sign-in, and those that the user made. */
export function revokedKeysOfProject(reading: Reading, userId: string, projectId: string): Promise<readonly Change[]> {
  return revokedKeys(reading, userId, { projectId });
}

/** Revokes the keys that a user has by one group, in the projects that it is in. */
export function revokedKeysOfGroup(reading: Reading, userId: string, groupId: string): Promise<readonly Change[]> {
  return revokedKeys(reading, userId, { groupId });
}

/** Ends all keys of a user: those for models, and those of the control API by sign-in. */
export async function endedPersonKeys(reading: Reading, userId: string): Promise<readonly Change[]> {
  const { caller, store, nowMs } = reading;
  const [revoked, adminKeys] = await Promise.all([
    revokedKeys(reading, userId, {}),
    store.get(caller.organizationId, { kind: "personAdminKeys", ids: [userId] }),
  ]);
  return [...revoked, endAdminKeys(userId, adminKeys, nowMs)];
}

function revokedKeys({ caller, store, nowMs }: Reading, userId: string, of: RevokedKeys): Promise<readonly Change[]> {
  return revokedKeysOf((key) => store.get(caller.organizationId, key), userId, nowMs, of);
}

/** The records of a user's lasting keys that are still there. @param of which of them. @default - all */
export function lastingRecords(
  store: ControlStore,
  organizationId: string,
  stored: RecordOf<"personKeys"> | undefined,
  of: RevokedKeys = {},
): Promise<readonly RecordOf<"projectKey">[]> {
  return lastingRecordsOf((key) => store.get(organizationId, key), stored, of);
}
