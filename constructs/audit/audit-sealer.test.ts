import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, resources, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { ControlTable } from "../data/control-table.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { AuditSealer } from "./audit-sealer.ts";
import { AuditStore } from "./audit-store.ts";

function synth(mode: "compliance" | "governance", days: number) {
  const assets = builtAssets();
  onTestFinished(assets.remove);
  return synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected: true });
    const store = new AuditStore(scope, "Audit", {
      name: "test",
      region: "us-east-1",
      bucketNamePrefix: "test-audit-",
      encryptionKey,
      lock: { mode, days },
      isProtected: true,
    });
    new AuditSealer(scope, "Sealer", {
      name: "test-seal-audit",
      environment: "test",
      bundle: join(assets.lambdas, "seal-audit.zip"),
      table: new ControlTable(scope, "Control", { name: "test-control", encryptionKey, isProtected: true }),
      store,
      logRetentionDays: 30,
      kmsKeyArn: encryptionKey.arn,
    });
  });
}

describe("the audit trail", () => {
  // documented: audit-bucket-is-locked
  test("is a locked bucket, a signing key and a function that runs each minute", () => {
    const out = synth("compliance", 365);
    expect(typeCounts(out)).toMatchObject({
      aws_s3_bucket_object_lock_configuration: 1,
      aws_lambda_function: 1,
      aws_cloudwatch_event_rule: 1,
      aws_kms_key: 2,
    });
    expect(only(out, "aws_s3_bucket")).toMatchObject({
      object_lock_enabled: true,
      lifecycle: { prevent_destroy: true },
    });
    expect(only(out, "aws_s3_bucket_object_lock_configuration").rule).toEqual({
      default_retention: { mode: "COMPLIANCE", days: 365 },
    });
    expect(only(out, "aws_cloudwatch_event_rule").schedule_expression).toBe("rate(1 minute)");
    const keys = Object.values(resources(out, "aws_kms_key"));
    expect(keys).toContainEqual(
      expect.objectContaining({ key_usage: "SIGN_VERIFY", customer_master_key_spec: "ECC_NIST_P256" }),
    );
  });

  test("deletes and unlocks nothing, and signs with no other key", () => {
    const policies = JSON.stringify(resources(synth("governance", 7), "aws_iam_role_policy"));
    expect(policies).toContain("kms:Sign");
    expect(policies).not.toMatch(/s3:(Delete|Bypass|PutObjectRetention|PutObjectLegalHold|\*)/);
  });
});
