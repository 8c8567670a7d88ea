/** Uses of a key by AWS services themselves, without one of our roles. */
export type KeyUse = "alarmTopics" | "logGroups" | "site" | "volumes";

export interface KeyPolicyProps {
  readonly accountId: string;
  readonly region: string;
  readonly uses: readonly KeyUse[];
}

interface KeyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: Readonly<Record<string, string | readonly string[]>>;
  readonly Action: readonly string[];
  /** In a key's own policy: this key. */
  readonly Resource: "*";
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Why statements of a key's policy have a wildcard, by `Sid`. */
export const KEY_POLICY_REASONS: Readonly<Record<string, string>> = {
  Account: "Without it no principal could ever change the key again; permissions are in the roles' own policies.",
  Volumes:
    "Named as principal, Auto Scaling's role must exist already, which in a new account it does not; the conditions name it just as exactly.",
  VolumeGrants: "As Volumes; the grants are for EBS alone.",
};

/** Encrypting and decrypting by data keys, action by action. */
const ENCRYPT_AND_DECRYPT = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** The policy of a key: the account governs it, and each use admits one service, for this account's resources only. */
export function keyPolicy({ uses, ...location }: KeyPolicyProps): string {
  const account = statement("Account", { AWS: `arn:aws:iam::${location.accountId}:root` }, ["kms:*"]);
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [account, ...uses.flatMap((use) => useStatements(use, location))],
  });
}

function useStatements(use: KeyUse, { accountId, region }: Omit<KeyPolicyProps, "uses">): readonly KeyStatement[] {
  switch (use) {
    case "alarmTopics":
      return [
        statement(
          "AlarmTopics",
          { Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] },
          ["kms:Decrypt", "kms:GenerateDataKey"],
          { StringEquals: { "aws:SourceAccount": accountId } },
        ),
      ];
    case "logGroups":
      return [
        statement("LogGroups", { Service: `logs.${region}.amazonaws.com` }, ENCRYPT_AND_DECRYPT, {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:log-group:*` },
        }),
      ];
    case "site":
      return [
        statement("Site", { Service: "cloudfront.amazonaws.com" }, ["kms:Decrypt"], {
          ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${accountId}:distribution/*` },
        }),
      ];
    case "volumes": {
      const role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
      const isAutoScaling = {
        "kms:CallerAccount": accountId,
        "aws:PrincipalArn": `arn:aws:iam::${accountId}:${role}`,
      };
      return [
        statement("Volumes", { AWS: "*" }, ENCRYPT_AND_DECRYPT, { StringEquals: isAutoScaling }),
        statement("VolumeGrants", { AWS: "*" }, ["kms:CreateGrant"], {
          StringEquals: isAutoScaling,
          Bool: { "kms:GrantIsForAWSResource": "true" },
        }),
      ];
    }
  }
}

function statement(
  sid: string,
  principal: KeyStatement["Principal"],
  actions: readonly string[],
  condition?: KeyStatement["Condition"],
): KeyStatement {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: actions,
    Resource: "*",
    ...(condition ? { Condition: condition } : {}),
  };
}
