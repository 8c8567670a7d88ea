import { describe, expect, test } from "vitest";
import { only, statements, synthConstruct } from "../../test-support/synth.ts";
import { LoadBalancerLogs } from "./load-balancer-logs.ts";

const stack = synthConstruct((scope) => {
  new LoadBalancerLogs(scope, "Logs", { namePrefix: "sluice-dev-lb-logs-", days: 90, isProtected: true });
});

describe("the bucket of load balancers' access logs", () => {
  // documented: load-balancer-logs
  test("lets Elastic Load Balancing write below this account's number, and nobody else do anything", () => {
    const [write, tlsOnly, ...rest] = statements(only(stack, "aws_s3_bucket_policy").policy);
    expect(rest).toEqual([]);
    expect(write).toMatchObject({
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: [expect.stringMatching(/\/AWSLogs\/\$\{data\.aws_caller_identity\.[\w.]+account_id\}\/\*$/)],
    });
    expect(tlsOnly).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  });

  test("is encrypted with S3's own keys, as the service writes to no other bucket", () => {
    const [rule] = only(stack, "aws_s3_bucket_server_side_encryption_configuration").rule;
    expect(rule.apply_server_side_encryption_by_default).toEqual({ sse_algorithm: "AES256" });
  });

  test("stores each file for the days of its setting, and deleted ones for a day", () => {
    const [old, logs] = only(stack, "aws_s3_bucket_lifecycle_configuration").rule;
    expect(old.noncurrent_version_expiration).toEqual([{ noncurrent_days: 1 }]);
    expect(logs).toMatchObject({ filter: [{ prefix: "AWSLogs/" }], expiration: [{ days: 90 }], status: "Enabled" });
  });

  test("is closed to the public and protected from destruction", () => {
    expect(
      Object.values(only(stack, "aws_s3_bucket_public_access_block")).filter((value) => value === true),
    ).toHaveLength(4);
    expect(only(stack, "aws_s3_bucket")).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
  });
});
