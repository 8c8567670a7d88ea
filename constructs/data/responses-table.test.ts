import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { ResponsesTable } from "./responses-table.ts";

const synth = (isProtected: boolean) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    const table = new ResponsesTable(scope, "Responses", { name: "test-responses", encryptionKey, isProtected });
    new TerraformOutput(scope, "granted", {
      value: table.keepStatements().map(({ Action, Resource }) => [Action, Resource]),
    });
  });

describe("the table of stored responses", () => {
  test("lets a gateway store, find and delete one response, never list them", () => {
    expect(synth(true).output?.granted?.value).toEqual([
      [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], [`\${aws_dynamodb_table.Responses.arn}`]],
      [["kms:Decrypt"], [`\${aws_kms_key.Key.arn}`]],
    ]);
  });

  test("has a caller's responses by id until their time is over, paid by request, restorable and encrypted with our key", () => {
    expect(only(synth(true), "aws_dynamodb_table")).toMatchObject({
      name: "test-responses",
      hash_key: "tenant",
      range_key: "id",
      ttl: { attribute_name: "expiresAt", enabled: true },
      billing_mode: "PAY_PER_REQUEST",
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining("aws_kms_key.Key") },
    });
  });

  test.each([true, false])("is protected by AWS and by OpenTofu alike: %s", (isProtected) => {
    expect(only(synth(isProtected), "aws_dynamodb_table")).toMatchObject({
      deletion_protection_enabled: isProtected,
      lifecycle: { prevent_destroy: isProtected },
    });
  });
});
