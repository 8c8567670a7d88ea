import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { RoutesTable } from "./routes-table.ts";

const synth = (isProtected: boolean) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    const table = new RoutesTable(scope, "Routes", { name: "test-routes", encryptionKey, isProtected });
    new TerraformOutput(scope, "granted", {
      value: table.changeStatements().map(({ Action, Resource }) => [Action, Resource]),
    });
  });

describe("the routes table", () => {
  test("lets a gateway read and change items, never scan nor write in bulk", () => {
    expect(synth(true).output?.granted?.value).toEqual([
      [
        ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        [`\${aws_dynamodb_table.Routes.arn}`],
      ],
      [["kms:Decrypt"], [`\${aws_kms_key.Key.arn}`]],
    ]);
  });

  test("has one section of items by id, paid by request, restorable and encrypted with our key", () => {
    expect(only(synth(true), "aws_dynamodb_table")).toMatchObject({
      name: "test-routes",
      hash_key: "section",
      range_key: "id",
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
