import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { UsageStore } from "./usage-store.ts";

const synth = (isProtected: boolean) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    const store = new UsageStore(scope, "Usage", {
      tableName: "test-usage",
      bucketNamePrefix: "test-usage-",
      encryptionKey,
      retentionDays: 400,
      isProtected,
    });
    const actionsOf = (statements: ReturnType<UsageStore["correctStatements"]>) =>
      statements.flatMap(({ Action }) => Action);
    new TerraformOutput(scope, "actions", {
      value: [store.gatewayStatements(), store.countStatements(), store.correctStatements()].map(actionsOf),
    });
  });

describe("the store of usage", () => {
  test("lets gateways write files and draw quotas, one function count, and the control API read and correct; nobody deletes", () => {
    const { value } = synth(true).output?.actions ?? {};
    expect(value).toEqual([
      [
        "s3:PutObject",
        ...["GetItem", "UpdateItem"].map((name) => `dynamodb:${name}`),
        ...["Decrypt", "Encrypt", "GenerateDataKey", "Decrypt", "Encrypt", "GenerateDataKey"].map(
          (name) => `kms:${name}`,
        ),
      ],
      [
        "s3:GetObject",
        "s3:ListBucket",
        ...["BatchGetItem", "GetItem", "PutItem", "UpdateItem"].map((name) => `dynamodb:${name}`),
        ...["Decrypt", "Decrypt", "Encrypt", "GenerateDataKey"].map((name) => `kms:${name}`),
      ],
      [
        ...["BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"].map((name) => `dynamodb:${name}`),
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
        ...["Decrypt", "Encrypt", "GenerateDataKey", "Decrypt", "Encrypt", "GenerateDataKey"].map(
          (name) => `kms:${name}`,
        ),
      ],
    ]);
  });

  test.each([true, false])("is protected by AWS and by OpenTofu alike: %s", (isProtected) => {
    expect(only(synth(isProtected), "aws_dynamodb_table")).toMatchObject({
      hash_key: "series",
      range_key: "entry",
      ttl: { attribute_name: "expiresAt", enabled: true },
      deletion_protection_enabled: isProtected,
      lifecycle: { prevent_destroy: isProtected },
    });
    expect(only(synth(isProtected), "aws_s3_bucket")).toMatchObject({ lifecycle: { prevent_destroy: isProtected } });
  });

  test("deletes files of events after the declared days", () => {
    expect(only(synth(true), "aws_s3_bucket_lifecycle_configuration").rule).toContainEqual({
      id: "expire-usage",
      status: "Enabled",
      filter: [{ prefix: "usage/" }],
      expiration: [{ days: 400 }],
    });
  });
});
