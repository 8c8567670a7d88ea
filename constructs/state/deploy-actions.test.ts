import { describe, expect, test } from "vitest";
import { allowsAction, DEPLOY_ACTIONS } from "./deploy-actions.ts";

describe("an IAM action pattern", () => {
  test("allows the action that it names, in any case, and those that its asterisks stand for", () => {
    expect(allowsAction("ec2:CreateVpc", "ec2:createvpc")).toBe(true);
    expect(allowsAction("ec2:Create*", "ec2:CreateVpc")).toBe(true);
    expect(allowsAction("logs:*MetricFilter*", "logs:PutMetricFilter")).toBe(true);
  });

  test("allows no other action, and none of another service", () => {
    expect(allowsAction("ec2:CreateVpc", "ec2:CreateVpcEndpoint")).toBe(false);
    expect(allowsAction("ec2:*", "s3:CreateBucket")).toBe(false);
    expect(allowsAction("ec2:Create*", "ec2:DeleteVpc")).toBe(false);
  });
});

test("every action names its service and is no pattern", () => {
  for (const [type, actions] of Object.entries(DEPLOY_ACTIONS)) {
    expect(actions.length, type).toBeGreaterThan(0);
    for (const action of actions) expect(action, type).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  }
});
