import type { ControlScope, ProjectScope } from "../../../../contracts/control/scopes.ts";

/** Permissions by their subject, in the order in which they are listed. */
export const SCOPE_GROUPS = {
  projects: ["projects.read", "projects.write"],
  members: [
    "project.users.read",
    "project.users.write",
    "project.groups.read",
    "project.groups.write",
    "project.roles.read",
    "project.roles.write",
  ],
  keys: [
    "service_accounts.read",
    "service_accounts.write",
    "api_keys.read",
    "api_keys.write",
    "own_api_keys.read",
    "own_api_keys.write",
    "admin_keys.read",
    "admin_keys.write",
  ],
  people: [
    "users.read",
    "users.write",
    "invites.read",
    "invites.write",
    "groups.read",
    "groups.write",
    "roles.read",
    "roles.write",
  ],
  money: ["limits.read", "limits.write", "usage.read", "usage.write", "own_usage.read"],
  data: [
    "data_retention.read",
    "data_retention.write",
    "history.read",
    "history.write",
    "erasures.read",
    "erasures.write",
    "legal_holds.read",
    "legal_holds.write",
  ],
  service: ["audit_logs.read", "service_health.read", "service_logs.read", "operator_keys.write"],
} as const satisfies Readonly<Record<string, readonly ControlScope[]>>;

export type ScopeGroup = keyof typeof SCOPE_GROUPS;
export type ListedScope = (typeof SCOPE_GROUPS)[ScopeGroup][number];

/** Those that a role of a project may have. */
const OF_PROJECTS: Readonly<Record<ProjectScope, true>> = {
  "projects.read": true,
  "projects.write": true,
  "project.users.read": true,
  "project.users.write": true,
  "project.groups.read": true,
  "project.groups.write": true,
  "project.roles.read": true,
  "project.roles.write": true,
  "service_accounts.read": true,
  "service_accounts.write": true,
  "api_keys.read": true,
  "api_keys.write": true,
  "own_api_keys.read": true,
  "own_api_keys.write": true,
  "limits.read": true,
  "data_retention.read": true,
  "history.read": true,
  "history.write": true,
};

/** The subjects with their permissions, of roles of the organisation or of a project. */
export function scopeGroups(isOfProject: boolean): readonly (readonly [ScopeGroup, readonly ListedScope[]])[] {
  return (Object.keys(SCOPE_GROUPS) as ScopeGroup[])
    .map((group) => {
      const scopes: readonly ListedScope[] = SCOPE_GROUPS[group];
      return [group, isOfProject ? scopes.filter((scope) => Object.hasOwn(OF_PROJECTS, scope)) : scopes] as const;
    })
    .filter(([, scopes]) => scopes.length > 0);
}

type Underscored<Name extends string> = Name extends `${infer Before}.${infer After}`
  ? `${Before}_${Underscored<After>}`
  : Name;

/** The key of a permission's text. */
export function textKeyOf<Scope extends ListedScope>(scope: Scope): Underscored<Scope> {
  return scope.replaceAll(".", "_") as Underscored<Scope>;
}
