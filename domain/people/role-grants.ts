import type { RecordKind, RecordOf } from "../../contracts/control/records.ts";
import type { ControlScope } from "../../contracts/control/scopes.ts";
import { type Change, type RecordKey, requireUnchanged } from "../tenancy/changes.ts";
import {
  ORGANIZATION,
  ORGANIZATION_ROLES,
  ownRole,
  PROJECT_ROLES,
  predefinedRoles,
  type Role,
} from "../tenancy/roles.ts";
import { isHeld } from "./directory-groups.ts";

/** Reads records of one organisation. */
export interface RoleReads {
  get<K extends RecordKind>(key: RecordKey<K>): Promise<RecordOf<K> | undefined>;
  /** The first 100 records of a kind whose ids begin with some: a user is in 10 groups at most, and has 20 roles at most in an organisation or project. */
  listWithin<K extends RecordKind>(kind: K, within: readonly string[]): Promise<readonly RecordOf<K>[]>;
}

/** A role that a user or a group has directly. */
export interface Assignment {
  readonly record: RecordOf<"roleAssignment">;
  /** @default - the role was deleted, and the assignment has no effect */
  readonly role: Role | undefined;
}

/** A group that a user is in. */
export interface UserGroup {
  readonly link: RecordOf<"userGroup">;
  /** @default - the group was deleted, and the link has no effect */
  readonly group: RecordOf<"group"> | undefined;
}

/** A role that a user has, and by what. */
export interface Grant {
  readonly role: Role;
  /** @default - the user has it directly */
  readonly group?: RecordOf<"group">;
  /** The user's own assignment. @default - the role is in the user's record or membership, or comes by a group */
  readonly assignment?: RecordOf<"roleAssignment">;
  /**
   * What must be unchanged for the user to have it still. The records of the user and of the membership are not in it:
   * they must be unchanged for every change that the user makes.
   */
  readonly requires: readonly Change[];
}

/** @param resourceId `organization`, or the id of a project */
export async function findRole(reads: RoleReads, resourceId: string, id: string): Promise<Role | undefined> {
  const predefined = predefinedRoles(resourceId).find((role) => role.id === id);
  if (predefined) return predefined;
  const record = await reads.get({ kind: "role", ids: [resourceId, id] });
  return record && ownRole(record);
}

/** The roles that were assigned to a user or a group in an organisation or project, deleted ones included. */
export async function assignmentsOf(
  reads: RoleReads,
  resourceId: string,
  principalId: string,
): Promise<readonly Assignment[]> {
  const records = await reads.listWithin("roleAssignment", [resourceId, principalId]);
  return Promise.all(
    records.map(async (record) => ({ record, role: await findRole(reads, resourceId, record.roleId) })),
  );
}

/** The groups that a user is in, deleted ones included. */
export async function groupsOf(reads: RoleReads, userId: string): Promise<readonly UserGroup[]> {
  const records = await reads.listWithin("userGroup", [userId]);
  return Promise.all(
    records.map(async (link) => ({ link, group: await reads.get({ kind: "group", ids: [link.groupId] }) })),
  );
}

/** A role of one's own must be as it was read; a predefined one always is. */
export function unchangedRole({ record }: Role): readonly Change[] {
  return record ? [requireUnchanged(record)] : [];
}

/** The roles of a user in the organisation, and in a project where one is given. */
export async function grantsOf(
  reads: RoleReads,
  user: Pick<RecordOf<"user">, "id" | "role">,
  membership: RecordOf<"membership"> | undefined,
  projectId: string | undefined,
  nowMs: number,
): Promise<readonly Grant[]> {
  const direct = async (resourceId: string) =>
    (await assignmentsOf(reads, resourceId, user.id)).flatMap(({ record, role }) =>
      role ? [{ role, assignment: record, requires: unchangedRole(role) }] : [],
    );
  const [inOrganization, inProject, groups] = await Promise.all([
    direct(ORGANIZATION),
    membership ? direct(membership.projectId) : [],
    groupsOf(reads, user.id),
  ]);
  const held = groups.filter(({ link }) => isHeld(link, nowMs));
  const byGroups = await Promise.all(held.map((group) => grantsByGroup(reads, group, projectId)));
  return [
    { role: ORGANIZATION_ROLES[user.role], requires: [] },
    ...(membership ? [{ role: PROJECT_ROLES[membership.role], requires: [] }] : []),
    ...inOrganization,
    ...inProject,
    ...byGroups.flat(),
  ];
}

/** What the roles of a user permit in the whole organisation, sorted. Roles of an owner, who may do everything, are not looked up. */
export async function organizationPermissions(
  reads: RoleReads,
  user: Pick<RecordOf<"user">, "id" | "role">,
  nowMs: number,
): Promise<readonly ControlScope[]> {
  const grants =
    user.role === "owner"
      ? [{ role: ORGANIZATION_ROLES.owner }]
      : await grantsOf(reads, user, undefined, undefined, nowMs);
  return [...new Set(grants.flatMap(({ role }) => [...role.scopes]))].toSorted();
}

async function grantsByGroup(
  reads: RoleReads,
  { link, group }: UserGroup,
  projectId: string | undefined,
): Promise<readonly Grant[]> {
  if (!group) return [];
  const { groupId } = link;
  const isInProject =
    projectId !== undefined && (await reads.get({ kind: "projectGroup", ids: [projectId, groupId] })) !== undefined;
  const found = await Promise.all([
    assignmentsOf(reads, ORGANIZATION, groupId),
    isInProject ? assignmentsOf(reads, projectId, groupId) : [],
  ]);
  return found.flat().flatMap(({ role }): readonly Grant[] => {
    if (!role) return [];
    const requires = [requireUnchanged(link), requireUnchanged(group), ...unchangedRole(role)];
    return [{ role, group, requires }];
  });
}
