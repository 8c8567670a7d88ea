import { ControlScope } from "../../contracts/control/scopes.ts";

/** A role is data: a name, and the scopes that it permits. */
export interface Role {
  readonly name: string;
  readonly scopes: ReadonlySet<ControlScope>;
}

/** Roles in the whole organisation: `reader` reads all but admin keys and the audit log. */
export const ORGANIZATION_ROLES = {
  owner: { name: "owner", scopes: new Set(ControlScope.options) },
  reader: {
    name: "reader",
    scopes: new Set([
      "projects.read",
      "project.users.read",
      "service_accounts.read",
      "api_keys.read",
      "users.read",
      "invites.read",
    ]),
  },
} as const satisfies Readonly<Record<string, Role>>;

/** Roles in one project; they permit nothing outside of it. */
export const PROJECT_ROLES = {
  owner: {
    name: "owner",
    scopes: new Set([
      "projects.read",
      "projects.write",
      "project.users.read",
      "project.users.write",
      "service_accounts.read",
      "service_accounts.write",
      "api_keys.read",
      "api_keys.write",
    ]),
  },
  member: { name: "member", scopes: new Set(["projects.read", "project.users.read", "service_accounts.read"]) },
} as const satisfies Readonly<Record<string, Role>>;
