import { describe, expect, test } from "vitest";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { FlowLog } from "./flow-log.ts";

const stack = synthConstruct((scope) => {
  new FlowLog(scope, "Flows", { name: "test", vpcId: "vpc-1", kmsKeyArn: "arn:key", logRetentionDays: 14 });
});

describe("the flow log", () => {
  test("is a log of one VPC, its group and its role", () => {
    expect(typeCounts(stack)).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_flow_log: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
    });
  });

  test("has accepted and refused connections", () => {
    expect(only(stack, "aws_flow_log")).toMatchObject({
      vpc_id: "vpc-1",
      traffic_type: "ALL",
      max_aggregation_interval: 600,
    });
  });

  test("has the retention of the environment's logs and is encrypted with its key", () => {
    expect(only(stack, "aws_cloudwatch_log_group")).toMatchObject({ retention_in_days: 14, kms_key_id: "arn:key" });
  });

  test("its role writes to this group only, and only flow logs of this account assume it", () => {
    const [write] = statements(only(stack, "aws_iam_role_policy").policy);
    expect(write?.Resource).toEqual([expect.stringMatching(/aws_cloudwatch_log_group\.Flows_Logs_\w+\.arn}:\*$/)]);
    const [assume] = statements(only(stack, "aws_iam_role").assume_role_policy);
    expect(assume).toMatchObject({
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": expect.stringContaining("aws_caller_identity") } },
    });
  });
});
