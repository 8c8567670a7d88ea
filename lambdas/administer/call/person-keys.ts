import { revokePersonKeys } from "../../../domain/people/person-key.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import type { ControlStore } from "../store/control-store.ts";
import type { Caller } from "./control-call.ts";

interface Reading {
  readonly caller: Caller;
  readonly store: ControlStore;
  readonly nowMs: number;
}

/**
 * Revokes the keys that a user signed in for: those of one project, or all.
 * @param projectId @default - all projects
 */
export async function revokedPersonKeys(
  { caller, store, nowMs }: Reading,
  userId: string,
  projectId?: string,
): Promise<readonly Change[]> {
  const stored = await store.get(caller.organizationId, { kind: "personKeys", ids: [userId] });
  return revokePersonKeys(userId, stored, nowMs, projectId);
}
