import { describe, expect, test } from "vitest";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { PrivateBucket, type PrivateBucketProps } from "./private-bucket.ts";

const synth = (props: Partial<PrivateBucketProps> = {}) =>
  synthConstruct((scope) => {
    new PrivateBucket(scope, "Bucket", { namePrefix: "test-", isProtected: true, oldVersionDays: 30, ...props });
  });

describe("a private bucket", () => {
  test("has all four public access blocks", () => {
    expect(only(synth(), "aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  test("refuses plain HTTP to everyone", () => {
    const [statement, ...rest] = statements(only(synth(), "aws_s3_bucket_policy").policy);
    expect(rest).toEqual([]);
    expect(statement).toMatchObject({
      Effect: "Deny",
      Principal: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  test("has no policy when its owner writes one", () => {
    expect(typeCounts(synth({ hasOwnPolicy: true }))).not.toHaveProperty("aws_s3_bucket_policy");
  });

  test.each([
    [undefined, { sse_algorithm: "AES256" }],
    ["arn:aws:kms:x", { sse_algorithm: "aws:kms", kms_master_key_id: "arn:aws:kms:x" }],
  ])("is encrypted with key %s", (kmsKeyArn, expected) => {
    const stack = synth(kmsKeyArn === undefined ? {} : { kmsKeyArn });
    const [rule] = only(stack, "aws_s3_bucket_server_side_encryption_configuration").rule;
    expect(rule.apply_server_side_encryption_by_default).toEqual(expected);
  });

  test("keeps old versions for the days in the props", () => {
    expect(only(synth(), "aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
    const [rule] = only(synth(), "aws_s3_bucket_lifecycle_configuration").rule;
    expect(rule.noncurrent_version_expiration).toEqual([{ noncurrent_days: 30 }]);
  });

  test("is destroyed with its content only when it is not protected", () => {
    expect(only(synth({ isProtected: false }), "aws_s3_bucket").force_destroy).toBe(true);
    expect(only(synth(), "aws_s3_bucket")).toMatchObject({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });
});
