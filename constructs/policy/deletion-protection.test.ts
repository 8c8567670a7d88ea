import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { describe, expect, test } from "vitest";
import { deletionProtection } from "./deletion-protection.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const rule = deletionProtection({ isProtected: true });
const check = (type: string, attributes: Record<string, unknown>) => rule.check(resource(type, attributes), []);
const preventDestroy = { lifecycle: { prevent_destroy: true } };

describe("the rule on deletion protection", () => {
  test("AWS refuses to delete tables and load balancers", () => {
    expect(check("aws_dynamodb_table", { ...preventDestroy, deletion_protection_enabled: true })).toBeUndefined();
    expect(check("aws_dynamodb_table", preventDestroy)).toMatch(/set deletion_protection_enabled/);
    expect(check("aws_lb", { enable_deletion_protection: true })).toBeUndefined();
    expect(check("aws_lb", {})).toMatch(/set enable_deletion_protection/);
  });

  test("OpenTofu refuses to destroy tables, keys and buckets", () => {
    expect(check("aws_dynamodb_table", { deletion_protection_enabled: true })).toMatch(/prevent_destroy/);
    expect(check("aws_kms_key", {})).toMatch(/prevent_destroy/);
    expect(check("aws_s3_bucket", preventDestroy)).toBeUndefined();
    expect(check("aws_s3_bucket", { ...preventDestroy, force_destroy: true })).toMatch(/set force_destroy to false/);
  });

  test("passes where the environment has no deletion protection", () => {
    const unprotected = deletionProtection({ isProtected: false });
    expect(unprotected.check(resource("aws_kms_key"), [])).toBeUndefined();
  });

  test("fails a synth by the resource's address", () => {
    expect(() => synthUnder(rule, (stack) => new KmsKey(stack, "Key", {}))).toThrow(
      /aws_kms_key\.Key holds data that a plan may destroy/,
    );
  });
});
