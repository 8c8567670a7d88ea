import { describe, expect, test } from "vitest";
import { statements } from "../../test-support/synth.ts";
import { type KeyUse, keyPolicy } from "./key-policy.ts";

const policy = (...uses: KeyUse[]) => statements(keyPolicy({ accountId: "123456789012", region: "eu-west-1", uses }));

describe("a key's policy", () => {
  test("gives the key to the account, and only to the services that the props name", () => {
    expect(policy()).toEqual([
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: ["kms:*"],
        Resource: "*",
      },
    ]);
  });

  test("log groups of this account and region are encrypted by the region's own service", () => {
    expect(policy("logGroups")[1]).toMatchObject({
      Principal: { Service: "logs.eu-west-1.amazonaws.com" },
      Condition: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:*" },
      },
    });
  });

  test("volumes are encrypted for Auto Scaling's role alone, whether or not it exists yet", () => {
    const [, use, grant] = policy("volumes");
    const isAutoScaling = {
      "kms:CallerAccount": "123456789012",
      "aws:PrincipalArn":
        "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    };
    expect(use).toMatchObject({ Principal: { AWS: "*" }, Condition: { StringEquals: isAutoScaling } });
    expect(use?.Action).toEqual(expect.arrayContaining(["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"]));
    expect(grant).toMatchObject({
      Action: ["kms:CreateGrant"],
      Condition: { StringEquals: isAutoScaling, Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  });

  test("CloudFront reads for this account's distributions, alarms are sent for this account's", () => {
    const [, site, topics] = policy("site", "alarmTopics");
    expect(site).toMatchObject({
      Action: ["kms:Decrypt"],
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" } },
    });
    expect(topics?.Condition).toEqual({ StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  test("every principal but the account is bound by a condition", () => {
    const [, ...others] = policy("alarmTopics", "logGroups", "site", "volumes");
    expect(others).toHaveLength(5);
    for (const { Condition } of others) expect(JSON.stringify(Condition)).toContain("123456789012");
  });
});
