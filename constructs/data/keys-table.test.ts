import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { ApiKeyItem, RotationItem } from "../../contracts/processes/auth.ts";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { KeysTable } from "./keys-table.ts";

const synth = (isProtected: boolean) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    const table = new KeysTable(scope, "Keys", { name: "test-keys", encryptionKey, isProtected });
    new TerraformOutput(scope, "granted", {
      value: table.readStatements().map(({ Action, Resource }) => [Action, Resource]),
    });
    new TerraformOutput(scope, "use", { value: table.lastUsedStatement() });
    new TerraformOutput(scope, "change", { value: table.changeStatements() });
  });

/** Attributes that decide what a key may do. */
const DECIDING = ["scopes", "models", "addresses", "expiresAt", "revokedAt", "endedBy", "requires"];

describe("the keys table", () => {
  // documented: key-table-permissions
  test("lets a reader get single items and decrypt them, never scan", () => {
    expect(synth(true).output?.granted?.value).toEqual([
      [["dynamodb:GetItem"], [`\${aws_dynamodb_table.Keys.arn}`]],
      [["kms:Decrypt"], [`\${aws_kms_key.Key.arn}`]],
    ]);
  });

  // documented: key-use-permission
  test("lets a gateway write the last use of a key and no other attribute", () => {
    expect(synth(true).output?.use?.value).toEqual({
      Sid: "StoreKeyUses",
      purpose: expect.any(String),
      Effect: "Allow",
      Action: ["dynamodb:UpdateItem"],
      Resource: [`\${aws_dynamodb_table.Keys.arn}`],
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["keyId", "lastUsedAt"] },
        StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
      },
    });
  });

  test("lets the control API read the last use and the project of a key, what it may do, and the version of limits, and no hash", () => {
    const change: ReturnType<KeysTable["changeStatements"]> = synth(true).output?.change?.value;
    expect(change.find(({ Action }) => Action.includes("dynamodb:GetItem"))).toMatchObject({
      Action: ["dynamodb:GetItem"],
      Condition: {
        "ForAllValues:StringEquals": {
          "dynamodb:Attributes": ["lastUsedAt", "version", "keyId", "kind", "projectId", ...DECIDING],
        },
        StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
      },
    });
  });

  test("is keyed by the public id, paid by request, restorable and encrypted with our key", () => {
    expect(only(synth(true), "aws_dynamodb_table")).toMatchObject({
      name: "test-keys",
      hash_key: "keyId",
      attribute: [{ name: "keyId", type: "S" }],
      billing_mode: "PAY_PER_REQUEST",
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining("aws_kms_key.Key") },
    });
  });

  test("forgets the responses to rotations, and no key: only they have the attribute of its time to live", () => {
    expect(only(synth(true), "aws_dynamodb_table").ttl).toEqual({ attribute_name: "expireAt", enabled: true });
    expect(Object.keys(ApiKeyItem.shape)).not.toContain("expireAt");
    expect(Object.keys(RotationItem.shape)).toContain("expireAt");
  });

  test.each([true, false])("is protected by AWS and by OpenTofu alike: %s", (isProtected) => {
    expect(only(synth(isProtected), "aws_dynamodb_table")).toMatchObject({
      deletion_protection_enabled: isProtected,
      lifecycle: { prevent_destroy: isProtected },
    });
  });
});
