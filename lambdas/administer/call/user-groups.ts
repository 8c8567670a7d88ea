import { isHeld } from "../../../domain/people/directory-groups.ts";
import { groupsOf, type UserGroup } from "../../../domain/people/role-grants.ts";
import type { ControlStore } from "../store/control-store.ts";
import { roleReads } from "./role-records.ts";

/** The groups that a user is in, deleted ones included. */
export function userGroups(store: ControlStore, organizationId: string, userId: string): Promise<readonly UserGroup[]> {
  return groupsOf(roleReads(store, organizationId), userId);
}

/** Those by which a user has roles: without the memberships whose time is over. */
export async function heldGroups(
  store: ControlStore,
  organizationId: string,
  userId: string,
  nowMs: number,
): Promise<readonly UserGroup[]> {
  return (await userGroups(store, organizationId, userId)).filter(({ link }) => isHeld(link, nowMs));
}
