import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { StateStore } from "./state-store.ts";

const synth = (isProtected = true) =>
  synthConstruct((scope) => {
    const store = new StateStore(scope, "State", {
      bucketName: "our-states",
      lockTableName: "our-locks",
      keyName: "ours-state",
      region: "us-east-1",
      keyPrefix: "dev/",
      isProtected,
    });
    new TerraformOutput(scope, "access", { value: store.accessStatements() });
  });

describe("the state store", () => {
  test("is a bucket, a table and their key", () => {
    expect(typeCounts(synth())).toEqual({
      aws_dynamodb_table: 1,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_s3_bucket: 1,
      aws_s3_bucket_lifecycle_configuration: 1,
      aws_s3_bucket_ownership_controls: 1,
      aws_s3_bucket_policy: 1,
      aws_s3_bucket_public_access_block: 1,
      aws_s3_bucket_server_side_encryption_configuration: 1,
      aws_s3_bucket_versioning: 1,
    });
  });

  test("the bucket has the name in the backends, versions, our key, and accepts TLS only", () => {
    const stack = synth();
    expect(only(stack, "aws_s3_bucket")).toMatchObject({ bucket: "our-states", force_destroy: false });
    expect(only(stack, "aws_s3_bucket")).not.toHaveProperty("bucket_prefix");
    expect(only(stack, "aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
    const [encryption] = only(stack, "aws_s3_bucket_server_side_encryption_configuration").rule;
    expect(encryption.apply_server_side_encryption_by_default.sse_algorithm).toBe("aws:kms");
    const [tls] = statements(only(stack, "aws_s3_bucket_policy").policy);
    expect(tls).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    const [rule] = only(stack, "aws_s3_bucket_lifecycle_configuration").rule;
    expect(rule.noncurrent_version_expiration).toEqual([{ noncurrent_days: 90 }]);
  });

  test("the lock table has OpenTofu's key schema, is restorable, paid by request and encrypted with our key", () => {
    expect(only(synth(), "aws_dynamodb_table")).toMatchObject({
      name: "our-locks",
      hash_key: "LockID",
      attribute: [{ name: "LockID", type: "S" }],
      billing_mode: "PAY_PER_REQUEST",
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining("aws_kms_key.") },
    });
  });

  test("the key rotates, and its alias is its name in the backends", () => {
    expect(only(synth(), "aws_kms_key").enable_key_rotation).toBe(true);
    expect(only(synth(), "aws_kms_alias").name).toBe("alias/ours-state");
  });

  test.each([true, false])("bucket, table and key are protected from destruction: %s", (isProtected) => {
    const stack = synth(isProtected);
    for (const type of ["aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key"])
      expect(only(stack, type).lifecycle).toEqual({ prevent_destroy: isProtected });
    expect(only(stack, "aws_dynamodb_table").deletion_protection_enabled).toBe(isProtected);
  });

  test("its users may read, write and lock the environment's states, never delete one", () => {
    const access: readonly { Action: string[]; Resource: string[] }[] = synth().output?.access?.value;
    expect(access.flatMap(({ Action }) => Action).sort()).toEqual([
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
    ]);
    const objects = access.find(({ Action }) => Action.includes("s3:PutObject"));
    expect(objects?.Resource).toEqual([expect.stringMatching(/\/dev\/\*$/)]);
  });
});
