import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { only, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { BatchStorage } from "./batch-storage.ts";
import { EncryptionKey } from "./encryption-key.ts";

const synth = (isProtected: boolean) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    const storage = new BatchStorage(scope, "Batches", {
      tableName: "test-batches",
      bucketNamePrefix: "test-files-",
      encryptionKey,
      isProtected,
    });
    new TerraformOutput(scope, "granted", {
      value: storage.accessStatements().map(({ Action, Resource }) => [Action.join(" "), Resource.join(" ")]),
    });
  });

describe("the storage of batches", () => {
  test("is one table and one bucket", () => {
    expect(typeCounts(synth(true))).toMatchObject({ aws_dynamodb_table: 1, aws_s3_bucket: 1 });
  });

  test("lets a gateway use items and objects by their keys and see that one is missing, never scan", () => {
    expect(synth(true).output?.granted?.value).toEqual([
      [
        "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:Query",
        expect.stringContaining("aws_dynamodb_table.Batches_Table"),
      ],
      [
        "s3:GetObject s3:PutObject s3:DeleteObject s3:AbortMultipartUpload",
        expect.stringMatching(/^\S+\/files\/\* \S+\/held\/\* \S+\/parts\/\*$/),
      ],
      ["s3:ListBucket", expect.stringMatching(/aws_s3_bucket\.Batches_Files_\w+\.arn\}$/)],
      ["kms:Decrypt kms:Encrypt kms:GenerateDataKey", expect.stringContaining("aws_kms_key.Key")],
      ["kms:Decrypt kms:Encrypt kms:GenerateDataKey", expect.stringContaining("aws_kms_key.Key")],
    ]);
  });

  test("all its content expires: items at their time to live, files after their longest life, incomplete uploads after days", () => {
    expect(only(synth(true), "aws_dynamodb_table").ttl).toEqual({ attribute_name: "ttl", enabled: true });
    const rules = only(synth(true), "aws_s3_bucket_lifecycle_configuration").rule;
    const expiries = rules.flatMap(({ filter, expiration }: { filter: { prefix: string }[]; expiration?: unknown }) =>
      expiration === undefined ? [] : [[filter[0]?.prefix, expiration]],
    );
    expect(expiries).toEqual([
      ["files/", [{ days: 31 }]],
      ["parts/", [{ days: 3 }]],
    ]);
  });

  test.each([true, false])("is protected by AWS and by OpenTofu alike: %s", (isProtected) => {
    expect(only(synth(isProtected), "aws_dynamodb_table")).toMatchObject({
      deletion_protection_enabled: isProtected,
      lifecycle: { prevent_destroy: isProtected },
    });
    expect(only(synth(isProtected), "aws_s3_bucket").lifecycle).toEqual({ prevent_destroy: isProtected });
  });
});
