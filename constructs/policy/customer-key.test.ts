import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { describe, expect, test } from "vitest";
import { PrivateBucket } from "../data/private-bucket.ts";
import { customerKey } from "./customer-key.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const check = (type: string, attributes: Record<string, unknown>) => customerKey.check(resource(type, attributes), []);
const key = `\${aws_kms_key.Key.arn}`;

describe("the rule that data is encrypted with a customer key", () => {
  test.each([
    ["aws_cloudwatch_log_group", "kms_key_id"],
    ["aws_ebs_volume", "kms_key_id"],
    ["aws_elasticache_replication_group", "kms_key_id"],
    ["aws_secretsmanager_secret", "kms_key_id"],
    ["aws_sns_topic", "kms_master_key_id"],
    ["aws_sqs_queue", "kms_master_key_id"],
  ])("requires of %s the attribute %s", (type, attribute) => {
    expect(check(type, { [attribute]: key })).toBeUndefined();
    expect(check(type, {})).toContain(`set ${attribute} to the ARN`);
  });

  test("AWS's own key is not a customer key", () => {
    expect(check("aws_sns_topic", { kms_master_key_id: "alias/aws/sns" })).toMatch(/not encrypted with a customer key/);
  });

  test("a table needs encryption switched on and a key", () => {
    const table = (settings: object) => check("aws_dynamodb_table", { server_side_encryption: settings });
    expect(table({ enabled: true, kms_key_arn: key })).toBeUndefined();
    expect(table({ enabled: false, kms_key_arn: key })).toMatch(/set server_side_encryption/);
    expect(table({ enabled: true })).toMatch(/kms_key_arn/);
  });

  test("each volume of a launch template needs a key", () => {
    const template = (...disks: object[]) =>
      check("aws_launch_template", { block_device_mappings: disks.map((ebs) => ({ ebs })) });
    expect(template({ encrypted: "true", kms_key_id: key })).toBeUndefined();
    expect(template({ encrypted: "true", kms_key_id: key }, { encrypted: "true" })).toMatch(/each volume/);
    expect(template()).toMatch(/launches volumes/);
  });

  test("a bucket's key is in a setting of its own, which must be this bucket's", () => {
    const build = (kmsKeyArn: string | undefined) => () =>
      synthUnder(customerKey, (stack) => {
        const common = { namePrefix: "t-", isProtected: true, oldVersionDays: 1 };
        new PrivateBucket(stack, "Encrypted", { ...common, kmsKeyArn: "arn:aws:kms:x" });
        new PrivateBucket(stack, "Bucket", { ...common, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) });
      });
    expect(build("arn:aws:kms:y")).not.toThrow();
    expect(build(undefined)).toThrow(/aws_s3_bucket\.Bucket is not encrypted with a customer key/);
  });

  test("fails a synth by the resource's address", () => {
    expect(() => synthUnder(customerKey, (stack) => new SnsTopic(stack, "Alarms", {}))).toThrow(
      /\[test\/Alarms\] aws_sns_topic\.Alarms is not encrypted with a customer key.*rule customer-key/,
    );
  });

  test("types that store nothing pass", () => {
    expect(check("aws_vpc", {})).toBeUndefined();
  });
});
