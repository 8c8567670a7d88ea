import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { ControlTable } from "../data/control-table.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { UsageStore } from "../data/usage-store.ts";
import { StripeReporter } from "./stripe-reporter.ts";

test("the function runs each hour, has no key in its variables, and may write nothing but what it reported", () => {
  const assets = builtAssets();
  onTestFinished(assets.remove);
  const out = synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "us-east-1", isProtected: true });
    new StripeReporter(scope, "Stripe", {
      name: "test-report-stripe",
      bundle: join(assets.lambdas, "report-stripe.zip"),
      region: "us-east-1",
      stripe: { secretId: "sluice/stripe", meters: { chargeNanoUsd: "charge" } },
      table: new ControlTable(scope, "Control", { name: "test-control", encryptionKey, isProtected: true }),
      usageStore: new UsageStore(scope, "Usage", {
        tableName: "test-usage",
        bucketNamePrefix: "test-usage-",
        encryptionKey,
        retentionDays: 400,
        isProtected: true,
      }),
      organization: "default",
      logRetentionDays: 30,
      kmsKeyArn: encryptionKey.arn,
    });
  });
  expect(only(out, "aws_cloudwatch_event_rule").schedule_expression).toBe("cron(20 * * * ? *)");
  expect(only(out, "aws_lambda_function")).not.toHaveProperty("vpc_config");
  const [policy] = Object.values(resources(out, "aws_iam_role_policy"));
  const { Statement } = JSON.parse(String(policy?.policy)) as {
    Statement: { Action: string[]; Resource: string[]; Condition?: unknown }[];
  };
  const writing = Statement.filter(({ Action }) => Action.some((name) => /^dynamodb:(?!Query)/.test(name)));
  expect(writing).toMatchObject([
    {
      Action: ["dynamodb:UpdateItem"],
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["stripe *"] } },
    },
  ]);
  const secret = Statement.find(({ Action }) => Action.includes("secretsmanager:GetSecretValue"));
  expect(JSON.stringify(secret?.Resource)).toContain("secret:sluice/stripe-??????");
});
