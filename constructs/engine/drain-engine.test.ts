import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { DrainEngine } from "./drain-engine.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const synth = (drainSeconds: number) =>
  synthConstruct((scope) => {
    new DrainEngine(scope, "Drain", {
      name: "test-drain-engine",
      bundle: join(assets.lambdas, "drain-engine.zip"),
      pools: [
        { groupName: "pool-a", groupArn: "arn:group-a", targetGroupArn: "arn:targets-a" },
        { groupName: "pool-b", groupArn: "arn:group-b", targetGroupArn: "arn:targets-b" },
      ],
      drainSeconds,
      subnetIds: ["subnet-1"],
      securityGroupId: "sg-gateway",
      logRetentionDays: 30,
      kmsKeyArn: "arn:key",
    });
  });
const stack = synth(60);

describe("drain-engine", () => {
  test("is one function for all pools, called by one rule", () => {
    expect(typeCounts(stack)).toEqual({
      aws_cloudwatch_event_rule: 1,
      aws_cloudwatch_event_target: 1,
      aws_cloudwatch_log_group: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_lambda_function: 1,
      aws_lambda_permission: 1,
    });
    expect(only(stack, "aws_lambda_permission")).toMatchObject({
      principal: "events.amazonaws.com",
      source_arn: expect.stringContaining("aws_cloudwatch_event_rule.Drain_Rule"),
    });
  });

  test("receives the terminate hooks of its pools only", () => {
    expect(JSON.parse(only(stack, "aws_cloudwatch_event_rule").event_pattern)).toEqual({
      source: ["aws.autoscaling"],
      "detail-type": ["EC2 Instance-terminate Lifecycle Action"],
      detail: { AutoScalingGroupName: ["pool-a", "pool-b"], LifecycleHookName: ["engine-drained"] },
    });
  });

  test("may deregister engines of its pools, complete their hooks, and describe targets", () => {
    const granted = statements(only(stack, "aws_iam_role_policy").policy).map(({ Sid, Resource }) => [Sid, Resource]);
    expect(granted).toEqual([
      ["FindEngine", ["*"]],
      ["TakeOutOfRouting", ["arn:targets-a", "arn:targets-b"]],
      ["LetGo", ["arn:group-a", "arn:group-b"]],
      ["WriteLogs", [expect.stringContaining("aws_cloudwatch_log_group")]],
      ["StandInNetwork", ["*"]],
    ]);
  });

  test("is in the gateways' network, to read the load of engines", () => {
    expect(only(stack, "aws_lambda_function").vpc_config).toEqual({
      subnet_ids: ["subnet-1"],
      security_group_ids: ["sg-gateway"],
    });
  });

  test("runs as long as a drain may take, up to Lambda's own limit", () => {
    expect(only(stack, "aws_lambda_function").timeout).toBe(120);
    expect(only(synth(900), "aws_lambda_function").timeout).toBe(900);
  });
});
