import { meetsConditions, type RequestContext } from "./conditions.ts";
import { matchesAction, matchesArn, matchesWildcards } from "./patterns.ts";
import type { ElementOrRest, ParsedStatement } from "./policy.ts";

/** One decision that AWS takes about a call: an action on one resource. A call on several resources needs each. */
export interface IamRequest {
  /** e.g. `ec2:CreateSubnet` */
  readonly action: string;
  /** ARN, or `*` for an action without resources. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** Who calls: the kind and value of a principal, `{ kind: "AWS", value: "arn:aws:iam::123456789012:role/a" }`. */
export interface Principal {
  readonly kind: "AWS" | "Service" | "Federated";
  readonly value: string;
}

export type Decision = "allowed" | "explicitly denied" | "not allowed";

/**
 * The decision of one set of policies: a statement that denies decides, else one that allows, else nothing is allowed.
 * Policies of an identity have no principal; of a resource's policy, only statements about `principal` count.
 */
export function evaluate(statements: readonly ParsedStatement[], request: IamRequest, principal?: Principal): Decision {
  const applicable = statements.filter((statement) => applies(statement, request, principal));
  if (applicable.some(({ effect }) => effect === "Deny")) return "explicitly denied";
  return applicable.some(({ effect }) => effect === "Allow") ? "allowed" : "not allowed";
}

/** The policies that AWS combines for a call inside one account. */
export interface PolicySet {
  /** All policies of the caller. */
  readonly identity: readonly ParsedStatement[];
  /** Policy of the called resource. @default - it has none */
  readonly resource?: readonly ParsedStatement[];
  /** Whether the resource's policy must allow too, as that of a KMS key. @default false */
  readonly isKey?: boolean;
  /** Policy of the VPC endpoint on the way: it limits, and allows nothing by itself. @default - no endpoint */
  readonly endpoint?: readonly ParsedStatement[];
}

/**
 * The decision inside one account: no policy denies, the endpoint's allows, and the identity's policies allow or the
 * resource's policy allows the caller itself. A resource's policy that allows the account's root leaves the decision to
 * the identity's policies.
 */
export function evaluateAll(
  { identity, resource = [], isKey = false, endpoint }: PolicySet,
  request: IamRequest,
  principal: Principal,
): Decision {
  const byIdentity = evaluate(identity, request);
  const byResource = evaluate(resource, request, principal);
  const byEndpoint = endpoint === undefined ? "allowed" : evaluate(endpoint, request, principal);
  if ([byIdentity, byResource, byEndpoint].includes("explicitly denied")) return "explicitly denied";
  if (byEndpoint !== "allowed" || (isKey && byResource !== "allowed")) return "not allowed";
  const direct = evaluate(
    resource.filter((statement) => !isAboutRoot(statement)),
    request,
    principal,
  );
  return byIdentity === "allowed" || direct === "allowed" ? "allowed" : "not allowed";
}

const ROOT = /^arn:[\w-]+:iam::([^:]+):root$/;

function isAboutRoot({ principals = {} }: ParsedStatement): boolean {
  return Object.values(principals).every((values) => values.every((value) => ROOT.test(value)));
}

/** Whether a statement is about a request: its principal, action, resource and every condition match. */
export function applies(statement: ParsedStatement, request: IamRequest, principal?: Principal): boolean {
  const { actions, resources, conditions } = statement;
  return (
    isAbout(statement, principal) &&
    has(actions, (pattern) => matchesAction(pattern, request.action)) &&
    (resources === undefined || has(resources, (pattern) => matchesArn(pattern, request.resource))) &&
    meetsConditions(conditions, request.context)
  );
}

function has({ patterns, isRest }: ElementOrRest, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== isRest;
}

function isAbout({ principals }: ParsedStatement, principal: Principal | undefined): boolean {
  if (principals === undefined) return true;
  if (principal === undefined) return false;
  return Object.entries(principals).some(([kind, values]) =>
    values.some((value) => value === "*" || (kind === principal.kind && isPrincipal(value, principal.value))),
  );
}

/** The principal `arn:aws:iam::123456789012:root` is every identity of the account. */
function isPrincipal(value: string, caller: string): boolean {
  const account = ROOT.exec(value)?.[1];
  if (account === undefined) return value === caller;
  return matchesWildcards(`arn:*:*::${account}:*`, caller);
}
