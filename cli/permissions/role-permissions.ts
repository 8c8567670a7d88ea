import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PERMISSION_PURPOSES_FILE, PermissionPurposes } from "../../contracts/processes/permission-purposes.ts";
import { type ParsedStatement, type PolicyConditions, parsePolicy } from "../../domain/iam/policy.ts";
import { asText, type JsonObject } from "../../local/template/json.ts";
import { type RawResource, rawResources, type Stack } from "../../local/template/stacks.ts";
import { stacksInOrder } from "../stacks/stack-order.ts";
import { appliedValues } from "./applied-values.ts";

/** A role, and all that its policies allow and deny. */
export interface RolePermissions {
  readonly role: string;
  /** Id of the stack that makes it, e.g. `dev-serving`. @default - none: the account has it before the first deployment */
  readonly stack?: string;
  /** Services, identity providers or persons whose principals assume it. */
  readonly assumedBy: readonly string[];
  /** Conditions of its trust policy. */
  readonly trustConditions: PolicyConditions;
  /** @default - it has none */
  readonly permissionsBoundary?: string;
  readonly statements: readonly RoleStatement[];
  /** AWS's own policies that it has. */
  readonly managedPolicies: readonly { readonly arn: string; readonly purpose: string }[];
}

export interface RoleStatement {
  /** Name of the policy in the role, or of the managed policy. */
  readonly policy: string;
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly purpose: string;
  readonly actions: readonly string[];
  /** ARNs or patterns, with `<account>`, `<suffix>` and `<id>` for what is known only after the deployment. */
  readonly resources: readonly string[];
  readonly conditions: PolicyConditions;
}

/**
 * The roles of an environment's synthesized stacks with their permissions, in the order of the stacks.
 * @param outputFolder of the synthesis
 */
export function rolePermissions(outputFolder: string, environment: string): readonly RolePermissions[] {
  const stacks = stacksInOrder(outputFolder, environment).map(({ id, folder }): Stack => {
    const document: JsonObject = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
    return { name: id, folder, document };
  });
  const purposesFile = join(outputFolder, PERMISSION_PURPOSES_FILE);
  const purposes: PermissionPurposes = existsSync(purposesFile)
    ? PermissionPurposes.parse(JSON.parse(readFileSync(purposesFile, "utf8")))
    : {};
  const evaluator = appliedValues(stacks);
  const textOf = ({ config, stack }: RawResource, attribute: string) =>
    asText(evaluator.value(config[attribute] ?? "", stack));
  const all = stacks.flatMap((stack) => rawResources(stack));
  const ofType = (type: string) => all.filter((resource) => resource.type === type);
  const statementsOf = (policy: RawResource) =>
    parsePolicy(textOf(policy, "policy")).map((statement) =>
      roleStatement(textOf(policy, "name"), statement, purposes[policy.stack.name]?.[policy.address] ?? {}),
    );
  return ofType("aws_iam_role").map((role): RolePermissions => {
    const name = textOf(role, "name");
    const attachments = ofType("aws_iam_role_policy_attachment").filter((each) => textOf(each, "role") === name);
    const attached = attachments.map((each) => ({ resource: each, arn: textOf(each, "policy_arn") }));
    const own = ofType("aws_iam_policy").filter((policy) =>
      attached.some(({ arn }) => arn.endsWith(`:policy/${textOf(policy, "name")}`)),
    );
    const inline = ofType("aws_iam_role_policy").filter((policy) => textOf(policy, "role") === name);
    const trust = parsePolicy(textOf(role, "assume_role_policy"));
    const boundary = textOf(role, "permissions_boundary");
    return {
      role: name,
      stack: role.stack.name,
      assumedBy: trust.flatMap(({ principals = {} }) => Object.values(principals).flat()),
      trustConditions: Object.assign({}, ...trust.map(({ conditions }) => conditions)),
      ...(boundary === "" ? {} : { permissionsBoundary: boundary }),
      statements: [...inline, ...own].flatMap(statementsOf),
      managedPolicies: attached
        .filter(({ arn }) => arn.startsWith("arn:aws:iam::aws:"))
        .map(({ resource, arn }) => ({
          arn,
          purpose: Object.values(purposes[resource.stack.name]?.[resource.address] ?? {}).join(" "),
        })),
    };
  });
}

function roleStatement(
  policy: string,
  { sid = "", effect, actions, resources, conditions }: ParsedStatement,
  purposes: Readonly<Record<string, string>>,
): RoleStatement {
  return {
    policy,
    sid,
    effect,
    purpose: purposes[sid] ?? "",
    actions: actions.patterns,
    resources: resources?.patterns ?? [],
    conditions,
  };
}
