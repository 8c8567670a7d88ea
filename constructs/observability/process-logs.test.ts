import { describe, expect, test } from "vitest";
import { type Block, only, resources, statements, synthConstruct } from "../../test-support/synth.ts";
import { ServiceRole } from "../identity/service-role.ts";
import { ProcessLogs } from "./process-logs.ts";

function groups(logRetentionDays: number): Record<string, Block> {
  const stack = synthConstruct(
    (scope) => new ProcessLogs(scope, "Logs", { name: "sluice-test", logRetentionDays, kmsKeyArn: "arn:key" }),
  );
  return Object.fromEntries(Object.values(resources(stack, "aws_cloudwatch_log_group")).map((one) => [one.name, one]));
}

describe("process logs", () => {
  test("have a group for each kind of process, encrypted, kept as long as the environment says", () => {
    expect(groups(90)).toMatchObject({
      "/sluice/sluice-test/gateway": { retention_in_days: 90, kms_key_id: "arn:key" },
      "/sluice/sluice-test/gateway-metrics": { retention_in_days: 90, kms_key_id: "arn:key" },
      "/sluice/sluice-test/engine": { retention_in_days: 90, kms_key_id: "arn:key" },
      "/sluice/sluice-test/engine-metrics": { retention_in_days: 90, kms_key_id: "arn:key" },
    });
  });

  // documented: metrics-kept-30-days
  test("that metrics come from are kept 30 days at least", () => {
    const short = groups(7);
    expect(short["/sluice/sluice-test/gateway"]?.retention_in_days).toBe(7);
    expect(short["/sluice/sluice-test/gateway-metrics"]?.retention_in_days).toBe(30);
    expect(short["/sluice/sluice-test/engine-metrics"]?.retention_in_days).toBe(30);
  });

  test("a gateway may write its own groups and no others", () => {
    const stack = synthConstruct((scope) => {
      const logs = new ProcessLogs(scope, "Logs", { name: "sluice-test", logRetentionDays: 30, kmsKeyArn: "arn:key" });
      const written = [logs.writeStatement("gateway")];
      new ServiceRole(scope, "Role", { name: "test", service: "ec2.amazonaws.com", statements: written });
    });
    const [statement] = statements(only(stack, "aws_iam_role_policy").policy);
    expect(statement?.Resource).toEqual([
      expect.stringMatching(/aws_cloudwatch_log_group\.Logs_gateway_\w+\.arn\}:\*$/),
      expect.stringMatching(/aws_cloudwatch_log_group\.Logs_gateway-metrics_\w+\.arn\}:\*$/),
    ]);
  });
});
