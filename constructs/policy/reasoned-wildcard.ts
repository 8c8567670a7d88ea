import { isRecord } from "../../lib/is-record.ts";
import { type Attributes, texts } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";
import { policyStatements } from "./policy-statements.ts";

const POLICY_ATTRIBUTES = ["policy", "assume_role_policy", "policy_document"];

/** Permissions name their actions, resources and principals; a statement with a wildcard has a reason. */
export const reasonedWildcard: PolicyRule = { name: "reasoned-wildcard", check };

function check(resource: PolicyResource): string | undefined {
  const { type, attributes, wildcardReasons } = resource;
  if (type === "aws_iam_role_policy_attachment") {
    const [, name] = /^arn:aws[\w-]*:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(String(attributes.policy_arn)) ?? [];
    return name === undefined || wildcardReasons[name]
      ? undefined
      : `attaches AWS's policy ${name}, which AWS may widen; write the statements, or explainWildcards({ ${name}: "…" })`;
  }
  if (type === "aws_iam_role" && (attributes.inline_policy ?? attributes.managed_policy_arns) !== undefined)
    return "has policies inside the role; write each as a resource, where this rule reads it (ServiceRole does)";
  for (const attribute of POLICY_ATTRIBUTES) {
    const policy = attributes[attribute];
    if (policy === undefined || !isPolicyType(type)) continue;
    const statements = policyStatements(policy);
    if (statements === undefined) return `has a ${attribute} that can't be read here; write it with JSON.stringify`;
    for (const statement of statements) {
      const wildcard = widest(statement, type);
      const sid = String(statement.Sid ?? "");
      if (wildcard !== undefined && !wildcardReasons[sid])
        return `allows ${wildcard} in statement ${sid || "without Sid"}; name what it needs, or give the statement a Sid and a reason (explainWildcards, or \`reason\` of a PolicyStatement)`;
    }
  }
  return undefined;
}

/** Other types have an attribute `policy` that is no IAM policy, e.g. a scaling policy. */
function isPolicyType(type: string): boolean {
  return /^aws_(iam_|cloudwatch_log_resource_policy|s3_bucket_policy|kms_key|vpc_endpoint|sns_topic|sqs_queue|secretsmanager_|api_gateway_rest_api|ecr_)/.test(
    type,
  );
}

/** The statement's widest wildcard, in words. A statement that denies may have any wildcard. */
function widest({ Effect, Action, NotAction, Resource, NotResource, Principal }: Attributes, type: string) {
  if (Effect !== "Allow") return undefined;
  if (NotAction !== undefined || NotResource !== undefined) return "everything but a list";
  const action = texts(Action).find((name) => name.includes("*"));
  if (action !== undefined) return `the actions ${action}`;
  const resource = texts(Resource).find(isUnbounded);
  // In a key's own policy `*` means the key.
  if (resource !== undefined && type !== "aws_kms_key") return `the resources ${resource}`;
  const principals = isRecord(Principal) ? Object.values(Principal).flatMap(texts) : texts(Principal);
  return principals.includes("*") ? "every principal" : undefined;
}

/** `*`, or an ARN whose resource starts with a wildcard; `…/weights/*` has a named prefix. */
function isUnbounded(resource: string): boolean {
  if (resource === "*") return true;
  const [scheme, , , , , ...rest] = resource.split(":");
  return scheme === "arn" && rest.join(":").startsWith("*");
}
