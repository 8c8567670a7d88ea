import type { ControlScope } from "../../contracts/control/scopes.ts";
import type { Role } from "./roles.ts";

/** Who calls, with the roles that they have. */
export interface Principal {
  readonly userId: string;
  readonly organizationId: string;
  readonly organizationRoles: readonly Role[];
  /** Roles by the id of the project. */
  readonly projectRoles: ReadonlyMap<string, readonly Role[]>;
}

/** What an operation works on: an organisation, or one project of it. */
export interface Resource {
  readonly organizationId: string;
  readonly projectId?: string;
}

/**
 * The decision and the name of the rule that made it. A resource that the principal may not even read is `hidden`, and
 * the response is the same as for one that does not exist.
 */
export type Decision =
  | { readonly outcome: "allowed"; readonly rule: `organization-role:${string}` | `project-role:${string}` }
  | { readonly outcome: "denied"; readonly rule: `no-role-permits:${ControlScope}` }
  | { readonly outcome: "hidden"; readonly rule: "other-organization" | "not-a-member-of-the-project" };

/** Whether `principal` may do what needs `scope` on `resource`. The only rule of permissions in the control API. */
export function decide(principal: Principal, scope: ControlScope, resource: Resource): Decision {
  if (principal.organizationId !== resource.organizationId) return { outcome: "hidden", rule: "other-organization" };
  const { projectId } = resource;
  const inProject = projectId === undefined ? [] : (principal.projectRoles.get(projectId) ?? []);
  const organizationRole = principal.organizationRoles.find((role) => role.scopes.has(scope));
  if (organizationRole) return { outcome: "allowed", rule: `organization-role:${organizationRole.name}` };
  const projectRole = inProject.find((role) => role.scopes.has(scope));
  if (projectRole) return { outcome: "allowed", rule: `project-role:${projectRole.name}` };
  const canSee = [...principal.organizationRoles, ...inProject].some((role) => role.scopes.has("projects.read"));
  if (projectId !== undefined && !canSee) return { outcome: "hidden", rule: "not-a-member-of-the-project" };
  return { outcome: "denied", rule: `no-role-permits:${scope}` };
}
