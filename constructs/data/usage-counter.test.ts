import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { UsageCounter, type UsageCounterProps } from "./usage-counter.ts";
import { UsageStore } from "./usage-store.ts";

function synth(pools: NonNullable<UsageCounterProps["pools"]> = {}) {
  const assets = builtAssets();
  onTestFinished(assets.remove);
  return synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected: true });
    new UsageCounter(scope, "Counter", {
      name: "test-count-usage",
      environment: "test",
      bundle: join(assets.lambdas, "count-usage.zip"),
      store: new UsageStore(scope, "Usage", {
        tableName: "test-usage",
        bucketNamePrefix: "test-usage-",
        encryptionKey,
        retentionDays: 400,
        isProtected: true,
      }),
      logRetentionDays: 30,
      kmsKeyArn: encryptionKey.arn,
      pools,
    });
  });
}

describe("the counter of usage", () => {
  test("is called for each file of events, and each 15 minutes for those that were missed", () => {
    const out = synth();
    expect(only(out, "aws_s3_bucket_notification").lambda_function).toEqual([
      {
        lambda_function_arn: expect.stringContaining("aws_lambda_function."),
        events: ["s3:ObjectCreated:*"],
        filter_prefix: "usage/segments/",
      },
    ]);
    expect(only(out, "aws_cloudwatch_event_rule").schedule_expression).toBe("rate(15 minutes)");
    expect(
      Object.values(resources(out, "aws_lambda_permission"))
        .map(({ principal }) => principal)
        .sort(),
    ).toEqual(["events.amazonaws.com", "s3.amazonaws.com"]);
  });

  test("reads files and adds to sums; it writes no file and deletes nothing", () => {
    const policies = JSON.stringify(resources(synth(), "aws_iam_role_policy"));
    expect(policies).toContain("s3:GetObject");
    expect(policies).not.toMatch(/s3:(Put|Delete)|dynamodb:(Delete|Scan)/);
  });

  test("reads the cost metrics only where the cost of a pool is shared", () => {
    const shown = (out: ReturnType<typeof synth>) =>
      JSON.stringify([resources(out, "aws_iam_role_policy"), resources(out, "aws_lambda_function")]);
    expect(shown(synth({ small: { cost: "none" }, large: {} }))).not.toMatch(/GetMetricData|SLUICE_AMORTISED_POOLS/);
    expect(shown(synth({ small: { cost: "amortised" } }))).toMatch(/cloudwatch:GetMetricData.*SLUICE_AMORTISED_POOLS/);
  });
});
