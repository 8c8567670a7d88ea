import type { RecordOf } from "../../contracts/control/records.ts";
import { ControlScope, ProjectScope } from "../../contracts/control/scopes.ts";

/** A role is data: a name, and the scopes that it permits. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly scopes: ReadonlySet<ControlScope>;
  /** `organization`, `project` for the predefined roles of all projects, or the id of a project. */
  readonly resourceId: string;
  readonly version: number;
  /** What the role permits and the scopes of the caller's key don't. @default - the key has none of its own */
  readonly withheld?: ReadonlySet<ControlScope>;
  /** @default - the role is predefined */
  readonly record?: RecordOf<"role">;
}

/** Where the roles of the whole organisation are and hold. No project has this id. */
export const ORGANIZATION = "organization";

const predefined = (resource: "organization" | "project", name: string, scopes: readonly ControlScope[]): Role => ({
  id: `role-${resource}-${name}`,
  name,
  scopes: new Set(scopes),
  resourceId: resource,
  version: 1,
});

/** Roles in the whole organisation: `reader` reads all but admin keys and the audit log, `member` what is the user's own. */
export const ORGANIZATION_ROLES = {
  owner: predefined("organization", "owner", ControlScope.options),
  reader: predefined("organization", "reader", [
    "projects.read",
    "project.users.read",
    "project.groups.read",
    "project.roles.read",
    "service_accounts.read",
    "api_keys.read",
    "own_api_keys.read",
    "users.read",
    "invites.read",
    "groups.read",
    "roles.read",
    "limits.read",
    "usage.read",
    "data_retention.read",
    "service_health.read",
  ]),
  member: predefined("organization", "member", ["own_api_keys.read", "own_usage.read"]),
} as const satisfies Readonly<Record<string, Role>>;

/** Roles in one project; they permit nothing outside of it. */
export const PROJECT_ROLES = {
  owner: predefined("project", "owner", ProjectScope.options),
  member: predefined("project", "member", [
    "projects.read",
    "project.users.read",
    "project.groups.read",
    "project.roles.read",
    "service_accounts.read",
    "own_api_keys.read",
    "own_api_keys.write",
    "limits.read",
    "data_retention.read",
  ]),
} as const satisfies Readonly<Record<string, Role>>;

/** A role as a key has it whose own scopes permit no more than these. */
export function narrowedRole(role: Role, keyScopes: ReadonlySet<string>): Role {
  const isPermitted = (scope: ControlScope) => keyScopes.has(scope);
  const scopes = [...role.scopes];
  return {
    ...role,
    scopes: new Set(scopes.filter(isPermitted)),
    withheld: new Set(scopes.filter((scope) => !isPermitted(scope))),
  };
}

/** The predefined roles of the organisation or of a project. */
export function predefinedRoles(resourceId: string): readonly Role[] {
  return Object.values(resourceId === ORGANIZATION ? ORGANIZATION_ROLES : PROJECT_ROLES);
}

/** A role of one's own. A permission that this release does not know, or not for a project, permits nothing. */
export function ownRole(record: RecordOf<"role">): Role {
  const { id, name, resourceId, version, permissions } = record;
  const known: readonly ControlScope[] = resourceId === ORGANIZATION ? ControlScope.options : ProjectScope.options;
  return { id, name, resourceId, version, record, scopes: new Set(known.filter((one) => permissions.includes(one))) };
}
