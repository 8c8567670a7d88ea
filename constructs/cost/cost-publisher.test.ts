import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CostPublisherSettings } from "../../contracts/processes/cost-publisher.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, statements, synthConstruct } from "../../test-support/synth.ts";
import { CostPublisher } from "./cost-publisher.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const prod = await loadEnvironment("prod");
const stack = synthConstruct((scope) => {
  new CostPublisher(scope, "Cost", {
    name: "test-publish-cost",
    bundle: join(assets.lambdas, "publish-cost.zip"),
    environment: prod,
    logRetentionDays: 30,
    kmsKeyArn: "arn:key",
  });
});

describe("the cost publisher", () => {
  test("runs every hour, called by its rule alone", () => {
    expect(only(stack, "aws_cloudwatch_event_rule").schedule_expression).toBe("cron(5 * * * ? *)");
    expect(only(stack, "aws_lambda_permission")).toMatchObject({
      principal: "events.amazonaws.com",
      source_arn: expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\.\w+\.arn\}$/),
    });
  });

  test("may look at instances and metrics, and write its own log, no more", () => {
    const actions = statements(only(stack, "aws_iam_role_policy").policy).flatMap(({ Action }) => Action);
    expect(actions).toEqual([
      "ec2:DescribeInstances",
      "cloudwatch:GetMetricData",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]);
  });

  test("gets the models and today's prices, in a form that the function accepts", () => {
    const { variables } = only(stack, "aws_lambda_function").environment;
    const settings = CostPublisherSettings.parse(JSON.parse(variables.SLUICE_COSTS));
    expect(settings).toMatchObject({ environment: "prod", models: Object.keys(prod.pools) });
    expect(settings.instanceHour["g5.xlarge"]).toBe(1.006);
    expect(settings.request).toBeCloseTo(4.1e-6, 12); // 3.50 + 0.60 a million
    expect(settings.completionToken).toBeCloseTo(250e-9 * 0.09, 12);
    // Load balancer, 5 endpoints in 3 zones, web ACL and rule, keys, dashboard, metrics, alarms, weights.
    expect(settings.platformHour).toBeGreaterThan(0.0225 + 0.15);
    expect(settings.platformHour).toBeLessThan(0.5);
  });
});
