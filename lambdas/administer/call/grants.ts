import type { RecordOf } from "../../../contracts/control/records.ts";
import { type Grant, grantsOf } from "../../../domain/people/role-grants.ts";
import { type Change, changedRecord } from "../../../domain/tenancy/changes.ts";
import type { Principal } from "../../../domain/tenancy/decide.ts";
import { narrowedRole, ORGANIZATION, ORGANIZATION_ROLES } from "../../../domain/tenancy/roles.ts";
import type { ControlStore } from "../store/control-store.ts";
import { roleReads } from "./role-records.ts";

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
      : await grantsOf(roleReads(store, organizationId), user, membership, projectId, nowMs);
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
