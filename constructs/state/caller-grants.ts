import { becomesOurs, type DeployPermissionsProps, type Grant, isOurs, PLAIN_ROLES, regionalArn } from "./grant.ts";

export interface CallerPermissionsProps extends DeployPermissionsProps {
  readonly stateBucket: string;
  readonly lockTable: string;
  /** Name of the key of the states, without `alias/`. */
  readonly stateKeyName: string;
  /** Start of the environment's states in the bucket, e.g. `dev/`. */
  readonly stateKeyPrefix: string;
  /** Whether the environment owns the role by which the account's APIs write their access logs. */
  readonly makesLogRole: boolean;
  /** Whether clients reach the gateways through API Gateway. */
  readonly hasApiGateway: boolean;
  /** Whether the bootstrap stack makes CI's role, and GitHub's identity provider with it. */
  readonly ci: "none" | "role" | "role-and-provider";
  /** Whether `sluice bootstrap --certificate` imports the load balancer's certificate. */
  readonly importsCertificate: boolean;
}

/**
 * Permissions of who runs `sluice bootstrap`, beside those of a deployment: `deploy-permissions.ts`. Names in the stacks of
 * the environment bind them; what AWS names is bound by our tag.
 */
export function callerGrants(props: CallerPermissionsProps): readonly Grant[] {
  return [
    ...stateStoreGrants(props),
    ...stateKeyGrants(props),
    ...(props.makesLogRole ? logRoleGrants(props) : []),
    ...(props.ci === "none" ? [] : ciRoleGrants(props)),
    ...(props.ci === "role-and-provider" ? [identityProviderGrant()] : []),
    ...(props.importsCertificate ? [certificateGrant(props)] : []),
    ...doctorGrants(props),
  ];
}

function stateStoreGrants({ region, stateBucket, stateKeyPrefix, lockTable }: CallerPermissionsProps): Grant[] {
  const bucket = `arn:aws:s3:::${stateBucket}`;
  return [
    {
      sid: "StateBucket",
      purpose: "OpenTofu makes, reads, changes and deletes the bucket of the states.",
      actions: ["s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:Get*", "s3:ListBucket*", "s3:Put*"],
      resources: [bucket],
      why: "The provider reads every setting of a bucket, and more of them with each version.",
    },
    {
      sid: "States",
      purpose: "OpenTofu reads and writes the states of the environment's stacks.",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [`${bucket}/${stateKeyPrefix}*`],
    },
    {
      sid: "EmptyStateBucket",
      purpose: "The states and their old versions are deleted with the bucket, by `sluice destroy --stack bootstrap`.",
      actions: ["s3:DeleteObjectVersion"],
      resources: [`${bucket}/*`],
    },
    {
      sid: "LockTable",
      purpose: "OpenTofu makes, reads, changes and deletes the table of the locks, and locks states in it.",
      actions: [
        ...["CreateTable", "DeleteItem", "DeleteTable", "Describe*", "GetItem", "ListTagsOfResource", "PutItem"],
        ...["TagResource", "UntagResource", "UpdateContinuousBackups", "UpdateTable"],
      ].map((action) => `dynamodb:${action}`),
      resources: [regionalArn("dynamodb", region, `table/${lockTable}`)],
      why: "Describe calls show settings, never items.",
    },
  ];
}

function stateKeyGrants({ region, environment, stateKeyName }: CallerPermissionsProps): Grant[] {
  const becoming = becomesOurs(environment);
  return [
    {
      sid: "NewStateKey",
      purpose: "OpenTofu makes the key that encrypts the states.",
      actions: ["kms:CreateKey", "kms:TagResource"],
      resources: ["*"],
      condition: { ...becoming, StringEquals: { ...becoming.StringEquals, "aws:RequestedRegion": region } },
      why: "A new key has no id yet; the tag that it must have limits the later actions.",
    },
    {
      sid: "StateKey",
      purpose: "OpenTofu reads, changes, uses and deletes the key that encrypts the states.",
      actions: [
        ...["CreateAlias", "CreateGrant", "Decrypt", "DeleteAlias", "DescribeKey", "EnableKeyRotation"],
        ...["GenerateDataKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "PutKeyPolicy"],
        ...["ScheduleKeyDeletion", "TagResource", "UpdateAlias", "UpdateKeyDescription"],
      ].map((action) => `kms:${action}`),
      resources: [regionalArn("kms", region, "key/*")],
      condition: isOurs(environment),
      why: "AWS chooses the id; the tag limits the statement to this environment.",
    },
    {
      sid: "StateKeyName",
      purpose: "OpenTofu names the key that encrypts the states.",
      actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      resources: [regionalArn("kms", region, `alias/${stateKeyName}`)],
    },
    {
      sid: "KeyLookUp",
      purpose: "OpenTofu reads the names of keys.",
      actions: ["kms:ListAliases"],
      resources: ["*"],
      why: "This call knows no resources.",
    },
    {
      sid: "DynamoDbKey",
      purpose: "OpenTofu reads whether the lock table is encrypted by DynamoDB's own key.",
      actions: ["kms:DescribeKey"],
      resources: [regionalArn("kms", region, "key/*")],
      condition: { StringEquals: { "kms:RequestAlias": "alias/aws/dynamodb" } },
      why: "DynamoDB's own key is AWS's and has no tag.",
    },
  ];
}

const READ_ROLE = ["GetRole", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"];
const MANAGE_ROLE = [...READ_ROLE, "ListRolePolicies", "CreateRole", "DeleteRole", "TagRole", "UntagRole"];
const ATTACH_POLICY = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"];

/** Actions on a role of the bootstrap stack. */
function roleActions({ roles = PLAIN_ROLES }: CallerPermissionsProps): readonly string[] {
  const bounding = roles.permissionsBoundary === null ? [] : ["PutRolePermissionsBoundary"];
  return [...MANAGE_ROLE, "UpdateAssumeRolePolicy", ...bounding].map((action) => `iam:${action}`);
}

function roleArn({ name, roles = PLAIN_ROLES }: CallerPermissionsProps, end: string): string {
  return `arn:aws:iam::*:role${roles.start}${name}-${end}`;
}

function logRoleGrants(props: CallerPermissionsProps): Grant[] {
  const resources = [roleArn(props, "api-logs")];
  return [
    {
      sid: "LogRole",
      purpose: "OpenTofu makes and deletes the role by which API Gateway writes the access logs of the account's APIs.",
      actions: roleActions(props),
      resources,
    },
    {
      sid: "LogRolePolicy",
      purpose: "OpenTofu attaches AWS's policy for these logs to that role, and no other policy.",
      actions: ATTACH_POLICY,
      resources,
      condition: {
        StringEquals: {
          "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        },
      },
    },
    {
      sid: "PassLogRole",
      purpose: "OpenTofu sets that role in API Gateway's account settings.",
      actions: ["iam:PassRole"],
      resources,
      condition: { StringEquals: { "iam:PassedToService": "apigateway.amazonaws.com" } },
    },
    {
      sid: "ChangeApiAccount",
      purpose: "OpenTofu changes API Gateway's account settings.",
      actions: ["apigateway:PATCH"],
      resources: [`arn:aws:apigateway:${props.region}::/account`],
    },
  ];
}

function ciRoleGrants(props: CallerPermissionsProps): Grant[] {
  const policies = `arn:aws:iam::*:policy/${props.name}-ci-services`;
  return [
    {
      sid: "CiRole",
      purpose: "OpenTofu makes, changes and deletes the role by which CI deploys.",
      actions: [...roleActions(props), "iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"],
      resources: [roleArn(props, "ci")],
    },
    {
      sid: "CiPolicyAttachment",
      purpose: "OpenTofu attaches CI's own policy to that role, and no other policy.",
      actions: ATTACH_POLICY,
      resources: [roleArn(props, "ci")],
      condition: { ArnLike: { "iam:PolicyARN": policies } },
    },
    {
      sid: "CiPolicy",
      purpose: "OpenTofu makes, changes and deletes the policy of that role.",
      actions: [
        ...["CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy"],
        ...["GetPolicyVersion", "ListPolicyVersions", "TagPolicy", "UntagPolicy"],
      ].map((action) => `iam:${action}`),
      resources: [policies],
    },
  ];
}

function identityProviderGrant(): Grant {
  return {
    sid: "GitHub",
    purpose: "OpenTofu makes and deletes the account's identity provider for the jobs of GitHub.",
    actions: ["Create", "Delete", "Get", "Tag", "Untag"].map((verb) => `iam:${verb}OpenIDConnectProvider`),
    resources: ["arn:aws:iam::*:oidc-provider/token.actions.githubusercontent.com"],
  };
}

function certificateGrant({ region, environment }: CallerPermissionsProps): Grant {
  return {
    sid: "Certificate",
    purpose: "`sluice bootstrap --certificate` imports and renews the load balancer's self-signed certificate.",
    actions: ["acm:AddTagsToCertificate", "acm:ImportCertificate"],
    resources: [regionalArn("acm", region, "certificate/*")],
    condition: { StringEqualsIfExists: { "aws:ResourceTag/Environment": environment } },
    why: "AWS chooses the id; a certificate of another environment can't be replaced.",
  };
}

/** Look-ups of `sluice doctor` that neither a deployment nor the bootstrap makes. */
function doctorGrants({ region, hasApiGateway }: CallerPermissionsProps): Grant[] {
  return [
    {
      sid: "Quotas",
      purpose: "`sluice doctor` reads the quotas of instances, VPCs and addresses.",
      actions: ["servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota"],
      resources: ["*"],
      why: "Defaults of quotas know no resources, and AWS chooses the codes of the others.",
    },
    {
      sid: "Account",
      purpose:
        "`sluice doctor` reads how many functions may run at once, and whether costs are counted by the environment's tag.",
      actions: ["ce:ListCostAllocationTags", "lambda:GetAccountSettings"],
      resources: ["*"],
      why: "Both are of the whole account, and know no resources.",
    },
    {
      sid: "ImageParameters",
      purpose: "`sluice doctor` reads whether the parameters of the images exist.",
      actions: ["ssm:GetParameter"],
      resources: [regionalArn("ssm", region, "parameter/sluice/images/*")],
    },
    ...(hasApiGateway
      ? [
          {
            sid: "ApiAccount",
            purpose: "`sluice doctor` and OpenTofu read the role by which API Gateway writes access logs.",
            actions: ["apigateway:GET"],
            resources: [`arn:aws:apigateway:${region}::/account`],
          },
        ]
      : []),
  ];
}
