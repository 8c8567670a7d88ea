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
  | { readonly outcome: "denied"; readonly rule: `no-role-permits:${ControlScope}` | KeyScopeRule }
  | {
      readonly outcome: "hidden";
      readonly rule: "other-organization" | "not-a-member-of-the-project" | KeyScopeRule;
    };

/** A role of the caller's permits the scope, and those of the caller's key don't. */
export type KeyScopeRule = `key-scope:${ControlScope}`;

/**
 * The decision about an operation by its scope, or by the one for what is the principal's own.
 * @returns the decision, and the scope that made it
 */
export function decideOperation(
  principal: Principal,
  { scope, ownScope }: { readonly scope: ControlScope; readonly ownScope?: ControlScope },
  resource: Resource,
): { readonly decision: Decision; readonly scope: ControlScope } {
  const decision = decide(principal, scope, resource);
  if (ownScope === undefined || decision.outcome !== "denied") return { decision, scope };
  const own = decide(principal, ownScope, resource);
  return own.outcome === "allowed" ? { decision: own, scope: ownScope } : { decision, scope };
}

/** Whether `principal` may do what needs `scope` on `resource`. The only rule of permissions in the control API. */
export function decide(principal: Principal, scope: ControlScope, resource: Resource): Decision {
  if (principal.organizationId !== resource.organizationId) return { outcome: "hidden", rule: "other-organization" };
  const { projectId } = resource;
  const inProject = projectId === undefined ? [] : (principal.projectRoles.get(projectId) ?? []);
  const organizationRole = principal.organizationRoles.find((role) => role.scopes.has(scope));
  if (organizationRole) return { outcome: "allowed", rule: `organization-role:${organizationRole.name}` };
  const projectRole = inProject.find((role) => role.scopes.has(scope));
  if (projectRole) return { outcome: "allowed", rule: `project-role:${projectRole.name}` };
  const roles = [...principal.organizationRoles, ...inProject];
  const isWithheld = (one: ControlScope) => roles.some(({ withheld }) => withheld?.has(one));
  const canSee = roles.some((role) => role.scopes.has("projects.read"));
  if (projectId !== undefined && !canSee)
    return {
      outcome: "hidden",
      rule: isWithheld("projects.read") ? "key-scope:projects.read" : "not-a-member-of-the-project",
    };
  return { outcome: "denied", rule: isWithheld(scope) ? `key-scope:${scope}` : `no-role-permits:${scope}` };
}
