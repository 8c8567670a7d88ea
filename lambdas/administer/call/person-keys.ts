import { endAdminKeys } from "../../../domain/people/person-admin-key.ts";
import { revokePersonKeys } from "../../../domain/people/person-key.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import type { ControlStore } from "../store/control-store.ts";
import type { Caller } from "./control-call.ts";

interface Reading {
  readonly caller: Pick<Caller, "organizationId">;
  readonly store: ControlStore;
  readonly nowMs: number;
}

/** Revokes the keys that a user signed in for in one project. */
export async function revokedKeysOfProject(
  { caller, store, nowMs }: Reading,
  userId: string,
  projectId: string,
): Promise<readonly Change[]> {
  const stored = await store.get(caller.organizationId, { kind: "personKeys", ids: [userId] });
  return revokePersonKeys(userId, stored, nowMs, { projectId });
}

/** Revokes the keys that a user has by one group, in the projects that it is in. */
export async function revokedKeysOfGroup(
  { caller, store, nowMs }: Reading,
  userId: string,
  groupId: string,
): Promise<readonly Change[]> {
  const stored = await store.get(caller.organizationId, { kind: "personKeys", ids: [userId] });
  return revokePersonKeys(userId, stored, nowMs, { groupId });
}

/** Ends all keys that a user signed in for: those for models, and those of the control API. */
export async function endedPersonKeys({ caller, store, nowMs }: Reading, userId: string): Promise<readonly Change[]> {
  const [stored, adminKeys] = await Promise.all([
    store.get(caller.organizationId, { kind: "personKeys", ids: [userId] }),
    store.get(caller.organizationId, { kind: "personAdminKeys", ids: [userId] }),
  ]);
  return [...revokePersonKeys(userId, stored, nowMs), endAdminKeys(userId, adminKeys, nowMs)];
}
