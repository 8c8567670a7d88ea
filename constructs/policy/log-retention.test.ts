import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { describe, expect, test } from "vitest";
import { logRetention } from "./log-retention.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const check = (attributes: Record<string, unknown>) =>
  logRetention.check(resource("aws_cloudwatch_log_group", attributes), []);

describe("the rule that logs have a retention", () => {
  test("a group without retention, or with 0 days, keeps its logs for ever", () => {
    expect(check({ retention_in_days: 30 })).toBeUndefined();
    expect(check({ retention_in_days: 0 })).toMatch(/for ever/);
    expect(check({})).toMatch(/set retention_in_days/);
  });

  test("fails a synth by the resource's address", () => {
    expect(() => synthUnder(logRetention, (stack) => new CloudwatchLogGroup(stack, "Logs", {}))).toThrow(
      /aws_cloudwatch_log_group\.Logs keeps its logs for ever/,
    );
  });
});
