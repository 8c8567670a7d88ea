import type { PolicyStatement } from "../identity/service-role.ts";

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

/** Statements without the grants' reasons in their JSON; `explainWildcards` takes them. */
export function statementsOf(grants: readonly Grant[]): readonly PolicyStatement[] {
  return grants.map(({ sid, actions, resources, condition, why }) => ({
    Sid: sid,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(condition ? { Condition: condition } : {}),
    ...(why === undefined ? {} : { reason: why }),
  }));
}
