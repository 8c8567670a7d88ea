import type { RecordOf } from "../../contracts/control/records.ts";
import { endedAccessId } from "../keys/ended-access.ts";
import { type Change, requireUnchanged } from "../tenancy/changes.ts";
import { predefinedRoles } from "../tenancy/roles.ts";

/** So that a request reads the roles of few groups, and a transaction has room for them. */
export const MAX_GROUPS_PER_USER = 10;

type ProjectGroup = RecordOf<"projectGroup">;

/** By what a person has keys of a project without being its member. */
export interface GroupAccess {
  readonly groupId: string;
  /** Of the keys that are issued by it. */
  readonly endedBy: readonly string[];
  /** What must be unchanged for a key to be issued by it. */
  readonly requires: readonly Change[];
}

export interface GroupInProject {
  /** The person in the group. */
  readonly link: RecordOf<"userGroup">;
  readonly group: RecordOf<"group">;
  readonly inProject: ProjectGroup;
  /** Ids of the group's roles in the project, without those that were deleted. */
  readonly roleIds: readonly string[];
}

/**
 * A group that is in a project and has a role there gives its users keys of the project.
 * @returns undefined for a group without a role there
 */
export function groupAccess({ link, group, inProject, roleIds }: GroupInProject): GroupAccess | undefined {
  const { projectId } = inProject;
  const predefined = predefinedRoles(projectId).map(({ id }) => id);
  // A predefined role is never deleted; keys that are issued by one of the project's own end with it.
  const roleId = roleIds.find((id) => predefined.includes(id)) ?? roleIds[0];
  if (roleId === undefined) return undefined;
  const accesses = [
    ofGroup(group.id),
    ofProjectGroup(inProject),
    ...(predefined.includes(roleId) ? [] : [ofRole(projectId, roleId)]),
  ];
  return {
    groupId: group.id,
    endedBy: accesses.map(endedAccessId),
    requires: [link, group, inProject].map(requireUnchanged),
  };
}

/** Ends the keys that a group's users have by it: it is deleted. */
export function endGroupKeys(groupId: string, nowMs: number): Change {
  return { action: "endAccess", access: ofGroup(groupId), at: new Date(nowMs) };
}

/** Ends the keys that a group's users have by it in one project: it leaves the project, or has no role there any more. */
export function endProjectGroupKeys(inProject: ProjectGroup, nowMs: number): Change {
  return { action: "endAccess", access: ofProjectGroup(inProject), at: new Date(nowMs) };
}

/** The same group in the project, whose further keys are other ones than those that were ended. */
export function renewedAccess(inProject: ProjectGroup, nowMs: number): ProjectGroup {
  return { ...inProject, accessId: `${nowMs}-${inProject.version}`, version: inProject.version + 1 };
}

/** Ends the keys that people have by a role of a project's own: it is deleted. */
export function endRoleKeys({ resourceId, id }: Pick<RecordOf<"role">, "resourceId" | "id">, nowMs: number): Change {
  return { action: "endAccess", access: ofRole(resourceId, id), at: new Date(nowMs) };
}

function ofGroup(groupId: string): string {
  return `group ${groupId}`;
}

/** A group that is put into the project again is another access. */
function ofProjectGroup({ projectId, groupId, addedAt, accessId }: ProjectGroup): string {
  return `group ${groupId} in ${projectId} since ${accessId ?? addedAt}`;
}

function ofRole(projectId: string, roleId: string): string {
  return `role ${roleId} in ${projectId}`;
}
