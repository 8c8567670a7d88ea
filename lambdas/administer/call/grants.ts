import type { RecordOf } from "../../../contracts/control/records.ts";
import { type Change, changedRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import type { Principal } from "../../../domain/tenancy/decide.ts";
import {
  narrowedRole,
  ORGANIZATION,
  ORGANIZATION_ROLES,
  PROJECT_ROLES,
  type Role,
} from "../../../domain/tenancy/roles.ts";
import type { ControlStore } from "../store/control-store.ts";
import { assignments, unchangedRole } from "./role-records.ts";
import { heldGroups, type UserGroup } from "./user-groups.ts";

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

/** The roles of a user in the organisation, and in a project where one is given. */
export async function grantsOf(
  store: ControlStore,
  organizationId: string,
  user: RecordOf<"user">,
  membership: RecordOf<"membership"> | undefined,
  projectId: string | undefined,
  nowMs: number,
): Promise<readonly Grant[]> {
  const direct = async (resourceId: string) =>
    (await assignments(store, organizationId, resourceId, user.id)).flatMap(({ record, role }) =>
      role ? [{ role, assignment: record, requires: unchangedRole(role) }] : [],
    );
  const [inOrganization, inProject, groups] = await Promise.all([
    direct(ORGANIZATION),
    membership ? direct(membership.projectId) : [],
    heldGroups(store, organizationId, user.id, nowMs),
  ]);
  const byGroups = await Promise.all(groups.map((group) => grantsByGroup(store, organizationId, group, projectId)));
  return [
    { role: ORGANIZATION_ROLES[user.role], requires: [] },
    ...(membership ? [{ role: PROJECT_ROLES[membership.role], requires: [] }] : []),
    ...inOrganization,
    ...inProject,
    ...byGroups.flat(),
  ];
}

async function grantsByGroup(
  store: ControlStore,
  organizationId: string,
  { link, group }: UserGroup,
  projectId: string | undefined,
): Promise<readonly Grant[]> {
  if (!group) return [];
  const { groupId } = link;
  const isInProject =
    projectId !== undefined &&
    (await store.get(organizationId, { kind: "projectGroup", ids: [projectId, groupId] })) !== undefined;
  const found = await Promise.all([
    assignments(store, organizationId, ORGANIZATION, groupId),
    isInProject ? assignments(store, organizationId, projectId, groupId) : [],
  ]);
  return found.flat().flatMap(({ role }): readonly Grant[] => {
    if (!role) return [];
    const requires = [requireUnchanged(link), requireUnchanged(group), ...unchangedRole(role)];
    return [{ role, group, requires }];
  });
}

interface CallerKey {
  readonly organizationId: string;
  /** What the key permits at most. @default - all that its owner may do */
  readonly scopes?: ReadonlySet<string> | undefined;
}

/**
 * The roles of the caller, with what the caller's key permits of each; those of an owner, who may do everything, are not
 * looked up.
 */
export async function callerGrants(
  store: ControlStore,
  { organizationId, scopes }: CallerKey,
  user: RecordOf<"user">,
  membership: RecordOf<"membership"> | undefined,
  projectId: string | undefined,
  nowMs: number,
): Promise<readonly Grant[]> {
  const grants: readonly Grant[] =
    user.role === "owner"
      ? [{ role: ORGANIZATION_ROLES.owner, requires: [] }]
      : await grantsOf(store, organizationId, user, membership, projectId, nowMs);
  if (scopes === undefined) return grants;
  return grants.map((grant) => ({ ...grant, role: narrowedRole(grant.role, scopes) }));
}

/** Whether a role has the scope but for the scopes of the caller's key. */
export function isWithheld(grants: readonly Grant[], scope: string): boolean {
  return grants.some(({ role }) => (role.withheld as ReadonlySet<string> | undefined)?.has(scope));
}

/** The caller with these roles, as the rule of permissions takes it. */
export function principalOf(
  { userId, organizationId }: Pick<Principal, "userId" | "organizationId">,
  grants: readonly Grant[],
  projectId: string | undefined,
): Principal {
  const roles = grants.map(({ role }) => role);
  const [organizationRoles, ofProject] = [
    roles.filter(({ resourceId }) => resourceId === ORGANIZATION),
    roles.filter(({ resourceId }) => resourceId !== ORGANIZATION),
  ];
  const projectRoles = new Map(projectId === undefined ? [] : [[projectId, ofProject]]);
  return { userId, organizationId, organizationRoles, projectRoles };
}

/**
 * The basis of a change that needs scopes: what must be unchanged for the roles to permit them still.
 * @returns the first scope that no role permits, where there is one
 */
export function basisOf<S extends string>(
  grants: readonly Grant[],
  scopes: Iterable<S>,
): { readonly requires: readonly Change[]; readonly missing?: S } {
  const requires = new Map<string, Change>();
  for (const scope of scopes) {
    const grant = grants.find(({ role }) => (role.scopes as ReadonlySet<string>).has(scope));
    if (!grant) return { requires: [], missing: scope };
    for (const change of grant.requires) requires.set(changedRecord(change), change);
  }
  return { requires: [...requires.values()] };
}
