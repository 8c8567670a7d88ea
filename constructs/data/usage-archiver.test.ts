import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { UsageArchiver } from "./usage-archiver.ts";
import { UsageStore } from "./usage-store.ts";

function synth() {
  const assets = builtAssets();
  onTestFinished(assets.remove);
  return synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected: true });
    new UsageArchiver(scope, "Archiver", {
      name: "test-archive-usage",
      bundle: join(assets.lambdas, "archive-usage.zip"),
      store: new UsageStore(scope, "Usage", {
        tableName: "test-usage",
        bucketNamePrefix: "test-usage-",
        encryptionKey,
        retentionDays: 400,
        hasQueries: true,
        isProtected: true,
      }),
      logRetentionDays: 30,
      kmsKeyArn: encryptionKey.arn,
    });
  });
}

test("the function runs each hour, and may change no file of events but those of Parquet", () => {
  const out = synth();
  expect(only(out, "aws_cloudwatch_event_rule").schedule_expression).toBe("cron(15 * * * ? *)");
  const policies = JSON.stringify(resources(out, "aws_iam_role_policy"));
  expect(
    policies
      .split("s3:PutObject")
      .slice(1)
      .map((rest) => /\/[\w/]+\*/.exec(rest)?.[0]),
  ).toEqual(["/usage/parquet/*"]);
  expect(policies).not.toMatch(/s3:Delete|dynamodb:/);
});

test("results of queries expire after a week, events after the retention", () => {
  const rules = only(synth(), "aws_s3_bucket_lifecycle_configuration").rule as readonly {
    readonly filter: readonly { readonly prefix: string }[];
    readonly expiration?: readonly { readonly days: number }[];
  }[];
  const days = rules.flatMap(({ filter, expiration }) =>
    expiration ? [[filter[0]?.prefix, expiration[0]?.days]] : [],
  );
  expect(days).toEqual([
    ["usage/", 400],
    ["athena/", 7],
  ]);
});
