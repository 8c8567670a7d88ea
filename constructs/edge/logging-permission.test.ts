import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { LoggingPermission } from "./logging-permission.ts";

describe("the permission to log", () => {
  test("is set only once the role has its policy, for AWS verifies it at once", () => {
    const stack = synthConstruct((scope) => {
      new LoggingPermission(scope, "Logging", { name: "test-logs" });
    });
    expect(only(stack, "aws_api_gateway_account").depends_on).toEqual([
      expect.stringContaining("aws_iam_role_policy_attachment.Logging_Policy"),
    ]);
    expect(only(stack, "aws_iam_role_policy_attachment").policy_arn).toMatch(/AmazonAPIGatewayPushToCloudWatchLogs$/);
  });
});
