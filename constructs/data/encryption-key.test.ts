import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";

describe("the encryption key", () => {
  const synth = (isProtected: boolean) =>
    synthConstruct((scope) => {
      new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected });
    });

  test("rotates, waits 30 days before its deletion, and has a name", () => {
    const stack = synth(false);
    expect(only(stack, "aws_kms_key")).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
    expect(only(stack, "aws_kms_alias").name).toBe("alias/test");
  });

  test.each([true, false])("prevent_destroy is %s as set in the props", (isProtected) => {
    expect(only(synth(isProtected), "aws_kms_key").lifecycle).toEqual({ prevent_destroy: isProtected });
  });

  test("lets a role decrypt only through the service that stores the data", () => {
    synthConstruct((scope) => {
      const key = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected: false });
      expect(key.decryptStatement("s3")).toMatchObject({
        Action: ["kms:Decrypt"],
        Resource: [key.arn],
        Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
      });
    });
  });
});
