import { blocks, isTrue, siblings, texts } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";
import { policyStatements } from "./policy-statements.ts";

const CLOSED = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/** Buckets have all four public access blocks, and refuse plain HTTP. */
export const closedBucket: PolicyRule = { name: "closed-bucket", check };

function check(resource: PolicyResource, stack: readonly PolicyResource[]): string | undefined {
  if (resource.type !== "aws_s3_bucket") return undefined;
  const blocksPublic = siblings(stack, "aws_s3_bucket_public_access_block", "bucket", resource).some(({ attributes }) =>
    CLOSED.every((name) => isTrue(attributes[name])),
  );
  if (!blocksPublic) return `can be opened to the public; make it a PrivateBucket, which sets ${CLOSED.join(", ")}`;
  const isTlsOnly = siblings(stack, "aws_s3_bucket_policy", "bucket", resource).some(({ attributes }) =>
    (policyStatements(attributes.policy) ?? []).some(
      ({ Effect, Principal, Action, Condition }) =>
        Effect === "Deny" &&
        Principal === "*" &&
        texts(Action).includes("s3:*") &&
        blocks(Condition).some((it) => blocks(it.Bool).some((test) => test["aws:SecureTransport"] === "false")),
    ),
  );
  return isTlsOnly ? undefined : "accepts plain HTTP; put tlsOnlyStatement into its bucket policy";
}
