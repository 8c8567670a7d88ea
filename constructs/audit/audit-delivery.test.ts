import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { AuditDelivery, type AuditDestination } from "./audit-delivery.ts";

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:siem-AbCdEf";

function synth(destination: AuditDestination) {
  return synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected: true });
    new AuditDelivery(scope, "Delivery", {
      name: "test-audit-events",
      bucketNamePrefix: "test-siem-",
      accountId: "123456789012",
      destination,
      days: 7,
      encryptionKey,
      isProtected: true,
    });
  });
}

const streamOf = (destination: AuditDestination) => only(synth(destination), "aws_kinesis_firehose_delivery_stream");

describe("the delivery of audit events", () => {
  // documented: siem-stream
  test("is an encrypted stream that delivers within ten seconds, and a bucket whose files expire", () => {
    const out = synth({ to: "bucket" });
    expect(only(out, "aws_kinesis_firehose_delivery_stream")).toMatchObject({
      destination: "extended_s3",
      server_side_encryption: { enabled: true, key_type: "CUSTOMER_MANAGED_CMK" },
      extended_s3_configuration: { buffering_interval: 10, prefix: "events/", error_output_prefix: "failed/" },
    });
    const rules: readonly object[] = only(out, "aws_s3_bucket_lifecycle_configuration").rule;
    expect(rules).toContainEqual(expect.objectContaining({ id: "expire-events", expiration: [{ days: 7 }] }));
  });

  test("repeats a delivery to a SIEM for two hours, and then writes it into the bucket", () => {
    expect(streamOf({ to: "https", url: "https://siem.example.com", secretArn: null })).toMatchObject({
      destination: "http_endpoint",
      http_endpoint_configuration: {
        url: "https://siem.example.com",
        retry_duration: 7200,
        s3_backup_mode: "FailedDataOnly",
        s3_configuration: { prefix: "failed/" },
      },
    });
    expect(streamOf({ to: "splunk", url: "https://splunk.example.com", secretArn: SECRET })).toMatchObject({
      destination: "splunk",
      splunk_configuration: { hec_endpoint: "https://splunk.example.com", s3_backup_mode: "FailedEventsOnly" },
    });
  });

  test("has no key of the SIEM in it, and may read that one secret", () => {
    const out = synth({ to: "https", url: "https://siem.example.com", secretArn: SECRET });
    const { http_endpoint_configuration: http } = only(out, "aws_kinesis_firehose_delivery_stream");
    expect(http.secrets_manager_configuration).toMatchObject({ enabled: true, secret_arn: SECRET });
    expect(http.access_key).toBeUndefined();
    const policies = JSON.stringify(resources(out, "aws_iam_role_policy"));
    expect(policies).toContain("secretsmanager:GetSecretValue");
    expect(policies).not.toMatch(/s3:(Delete|GetObject)/);
  });
});
