import { describe, expect, test } from "vitest";
import { only, resources, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { DeployRole, type DeployRoleProps } from "./deploy-role.ts";

const synth = (props: Partial<DeployRoleProps> = {}) =>
  synthConstruct((scope) => {
    new DeployRole(scope, "Ci", {
      name: "sluice-production-environ",
      environment: "production-environ",
      region: "ap-southeast-2",
      repository: "owner/name",
      branches: ["main"],
      environments: ["prod"],
      oidcProvider: "create",
      stateStatements: [
        { Sid: "UseStates", purpose: "It tests.", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:states"] },
      ],
      stateArns: ["arn:states"],
      ...props,
    });
  });

describe("the role of CI", () => {
  test("is assumed by exactly the branches and environments named, for AWS's audience", () => {
    const { Statement } = JSON.parse(only(synth(), "aws_iam_role").assume_role_policy);
    expect(Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: expect.stringContaining("aws_iam_openid_connect_provider.") },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": [
              "repo:owner/name:ref:refs/heads/main",
              "repo:owner/name:environment:prod",
            ],
          },
        },
      },
    ]);
  });

  test("creates GitHub's identity provider, or uses the account's", () => {
    expect(only(synth(), "aws_iam_openid_connect_provider")).toMatchObject({
      url: "https://token.actions.githubusercontent.com",
      client_id_list: ["sts.amazonaws.com"],
    });
    const existing = synth({ oidcProvider: "existing" });
    expect(typeCounts(existing)).toEqual({
      aws_iam_policy: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 2,
      aws_iam_role_policy_attachment: 1,
    });
    expect(only(existing, "aws_iam_role").assume_role_policy).toMatch(
      /arn:aws:iam::\$\{data\.aws_caller_identity\.[\w.]+\}:oidc-provider\/token\.actions\.githubusercontent\.com/,
    );
  });

  test("can neither change itself nor destroy the states", () => {
    const policies = Object.values(resources(synth(), "aws_iam_role_policy"));
    const denied = policies.flatMap(({ policy }) => statements(policy)).filter(({ Effect }) => Effect === "Deny");
    expect(denied.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      [
        "NotItself",
        ["arn:aws:iam::*:role/sluice-production-environ-ci", "arn:aws:iam::*:policy/sluice-production-environ-ci*"],
      ],
      ["NotTheStates", ["arn:states"]],
    ]);
  });

  test("stays within IAM's 10,240 characters, also for the longest names", () => {
    const policies = Object.values(resources(synth(), "aws_iam_role_policy"));
    const characters = policies.reduce((sum, { policy }) => sum + policy.replace(/\s/g, "").length, 0);
    expect(characters).toBeLessThan(10_240 - 1_500); // 1,500 for the states' statements, whose ARNs are tokens here
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  test("has the permissions for services in a managed policy, within IAM's 6,144 characters", () => {
    const { policy, name } = only(synth(), "aws_iam_policy");
    expect(name).toBe("sluice-production-environ-ci-services");
    expect(policy.replace(/\s/g, "").length).toBeLessThan(6_144);
    expect(only(synth(), "aws_iam_role_policy_attachment").policy_arn).toContain("aws_iam_policy.");
  });
});
