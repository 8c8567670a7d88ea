import type { PolicyStatement } from "../identity/service-role.ts";
import { allowsAction, DEPLOY_ACTIONS } from "./deploy-actions.ts";

export interface DeployPermissionsProps {
  /** Start of the names of the environment's resources, e.g. `sluice-dev`. */
  readonly name: string;
  readonly region: string;
  /** Tag `Environment` of the environment's resources. */
  readonly environment: string;
  /** @default PLAIN_ROLES */
  readonly roles?: RoleNaming;
  /** Security group of others to which rules are added. @default - none */
  readonly endpointsGroupId?: string | undefined;
  /** Another region in which the page's certificate is. @default - there is none */
  readonly certificateRegion?: string | undefined;
}

/** What the environment's roles have in common. */
export interface RoleNaming {
  /** Path and beginning of the names, e.g. `/applications/team-`; `/` by default. */
  readonly start: string;
  /** Policy without which no role may be created; `null` for none. */
  readonly permissionsBoundary: string | null;
}

/** Roles without path, further beginning of their names, and boundary. */
export const PLAIN_ROLES: RoleNaming = { start: "/", permissionsBoundary: null };

export interface Grant {
  readonly sid: string;
  /** What OpenTofu does by it. @default - it makes and deletes the resource types whose `deploy` actions are in it */
  readonly purpose?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: PolicyStatement["Condition"];
  /** Why a resource is `*`, or an action a family. Every grant with one has its reason. */
  readonly why?: string;
}

/** Pattern of the ARNs of a region. The account is `*`: a role has no rights in another one unless that one agrees. */
export function regionalArn(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:*:${resource}`;
}

type Condition = NonNullable<PolicyStatement["Condition"]>;

/** Resources with the environment's tag. */
export function isOurs(environment: string): Condition {
  return { StringEquals: { "aws:ResourceTag/Environment": environment } };
}

/** Resources that get the environment's tag with the call, and have no other environment's. */
export function becomesOurs(environment: string): Condition {
  return {
    StringEquals: { "aws:RequestTag/Environment": environment },
    StringEqualsIfExists: { "aws:ResourceTag/Environment": environment },
  };
}

/**
 * The statements of grants, with purposes and reasons, which are not synthesized.
 * @throws for a grant without a purpose whose actions no resource type lists
 */
export function statementsOf(grants: readonly Grant[]): readonly PolicyStatement[] {
  return grants.map(({ sid, purpose, actions, resources, condition, why }) => ({
    Sid: sid,
    purpose: purpose ?? purposeOf(sid, actions),
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(condition ? { Condition: condition } : {}),
    ...(why === undefined ? {} : { reason: why }),
  }));
}

/** The resource types that OpenTofu makes or deletes by one of the actions. */
function purposeOf(sid: string, patterns: readonly string[]): string {
  const types = Object.entries(DEPLOY_ACTIONS).filter(([, actions]) =>
    actions.some((action) => patterns.some((pattern) => allowsAction(pattern, action))),
  );
  if (types.length === 0)
    throw new Error(
      `The grant ${sid} has no purpose, and no resource type of domain/aws-resources/ lists one of its actions in \`deploy\`; ` +
        "add `purpose` to it.",
    );
  return `OpenTofu makes and deletes ${types.map(([type]) => type).join(", ")}.`;
}
