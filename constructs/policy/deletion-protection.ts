import { blocks, isTrue } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Types that AWS itself can refuse to delete, and the attribute that turns this on. */
const AWS_PROTECTION: Readonly<Record<string, string>> = {
  aws_dynamodb_table: "deletion_protection_enabled",
  aws_lb: "enable_deletion_protection",
};
/** Types with data that can't be restored. */
const HOLDS_DATA = ["aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket"];

/** Where the environment sets deletion protection, neither AWS nor OpenTofu destroys resources that hold data. */
export function deletionProtection({ isProtected }: { readonly isProtected: boolean }): PolicyRule {
  return { name: "deletion-protection", check: (resource) => (isProtected ? check(resource) : undefined) };
}

function check({ type, attributes }: PolicyResource): string | undefined {
  const attribute = AWS_PROTECTION[type];
  if (attribute !== undefined && !isTrue(attributes[attribute]))
    return `can be deleted by a permitted call; set ${attribute} to the environment's deletionProtection`;
  if (!HOLDS_DATA.includes(type)) return undefined;
  if (type === "aws_s3_bucket" && isTrue(attributes.force_destroy))
    return "is destroyed with its content; set force_destroy to false";
  return blocks(attributes.lifecycle).some((it) => isTrue(it.prevent_destroy))
    ? undefined
    : "holds data that a plan may destroy; set lifecycle.prevent_destroy to the environment's deletionProtection";
}
