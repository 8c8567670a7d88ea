import type { RecordOf } from "../../../contracts/control/records.ts";
import { type GroupAccess, groupAccess } from "../../../domain/people/group-access.ts";
import { type Change, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { assignments } from "../call/role-records.ts";
import { heldGroups } from "../call/user-groups.ts";
import type { ControlStore } from "../store/control-store.ts";

/** By what a user may have keys of a project. */
export interface ProjectAccess {
  /** @default - the user is a member of the project */
  readonly byGroup?: GroupAccess;
  /** What must be unchanged for a key to be the user's. */
  readonly requires: readonly Change[];
}

/** @returns undefined for a user who is neither a member of the project nor in it by a group */
export async function projectAccess(
  store: ControlStore,
  organizationId: string,
  userId: string,
  projectId: string,
  nowMs: number,
): Promise<ProjectAccess | undefined> {
  const membership = await store.get(organizationId, { kind: "membership", ids: [projectId, userId] });
  if (membership) return { requires: [requireUnchanged(membership)] };
  for (const { link, group } of await heldGroups(store, organizationId, userId, nowMs)) {
    const byGroup = group && (await accessByGroup(store, organizationId, { link, group, projectId }));
    if (byGroup) return { byGroup, requires: byGroup.requires };
  }
  return undefined;
}

async function accessByGroup(
  store: ControlStore,
  organizationId: string,
  {
    link,
    group,
    projectId,
  }: {
    readonly link: RecordOf<"userGroup">;
    readonly group: RecordOf<"group">;
    readonly projectId: string;
  },
): Promise<GroupAccess | undefined> {
  const inProject = await store.get(organizationId, { kind: "projectGroup", ids: [projectId, group.id] });
  if (!inProject) return undefined;
  const assigned = await assignments(store, organizationId, projectId, group.id);
  return groupAccess({ link, group, inProject, roleIds: assigned.flatMap(({ role }) => (role ? [role.id] : [])) });
}
