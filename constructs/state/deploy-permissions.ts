import type { PolicyStatement } from "../identity/service-role.ts";

export interface DeployPermissionsProps {
  /** Start of the names of the environment's resources, e.g. `sluice-dev`. */
  readonly name: string;
  readonly region: string;
  /** Tag `Environment` of the environment's resources. */
  readonly environment: string;
}

interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: PolicyStatement["Condition"];
  /** Why a resource is `*`, or an action a family. Every grant with one has its reason. */
  readonly why?: string;
}

/** AWS managed policies of our roles; no other, above all not the administrator's, can be attached. */
const MANAGED_POLICIES = ["arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"];

/**
 * Permissions to deploy the stacks, without those for their states. Resources that we name are bound by name; those with
 * ids of AWS by region or by our tag. Data is not included: no API key, no object outside our buckets, no log line.
 *
 * A principal that may create roles can grant them more than it has: that is why only named branches and GitHub
 * environments can assume the role, and why the role can't change itself.
 */
export function deployStatements(props: DeployPermissionsProps): readonly PolicyStatement[] {
  return deployGrants(props).map(({ sid, actions, resources, condition, why }) => ({
    Sid: sid,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(condition ? { Condition: condition } : {}),
    ...(why === undefined ? {} : { reason: why }),
  }));
}

/** The account in an ARN is `*` everywhere: a role has no rights in another account's resources unless that one agrees. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of policy statements
export function deployGrants({ name, region, environment }: DeployPermissionsProps): readonly Grant[] {
  const here = (service: string, resource: string) => `arn:aws:${service}:${region}:*:${resource}`;
  const inRegion = { StringEquals: { "aws:RequestedRegion": region } };
  const ours = { StringEquals: { "aws:ResourceTag/Environment": environment } };
  return [
    {
      sid: "LookUp",
      actions: [
        "acm:DescribeCertificate",
        "acm:ListTagsForCertificate",
        "autoscaling:Describe*",
        "ec2:Describe*",
        "elasticloadbalancing:Describe*",
        "kms:ListAliases",
        "logs:Describe*",
        "route53:GetChange",
        "route53:GetHostedZone",
        "route53:ListResourceRecordSets",
        "wafv2:GetWebACLForResource",
      ],
      resources: ["*"],
      why: "Describe calls of these services know no resources; they show settings, not data.",
    },
    {
      sid: "Network",
      actions: [
        ...["AllocateAddress", "AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroup*"],
        ...["CreateFlowLogs", "CreateInternetGateway", "CreateLaunchTemplate*", "CreateNatGateway", "CreateRoute*"],
        ...["CreateSecurityGroup", "CreateSubnet", "CreateTags", "CreateVpc", "CreateVpcEndpoint", "RunInstances"],
      ]
        .map((action) => `ec2:${action}`)
        .concat("logs:*LogDelivery", "logs:PutResourcePolicy"),
      resources: ["*"],
      condition: inRegion,
      why: "New resources and log deliveries have no id; setting a group's launch template requires RunInstances.",
    },
    {
      sid: "ChangeNetwork",
      actions: [
        ...["Delete*", "DetachInternetGateway", "DisassociateRouteTable", "Modify*", "ReleaseAddress"],
        ...["ReplaceRoute*", "RevokeSecurityGroup*", "UpdateSecurityGroupRuleDescriptions*"],
      ].map((action) => `ec2:${action}`),
      resources: ["*"],
      condition: ours,
      why: "AWS chooses these ids; the tag limits the statement to this environment.",
    },
    {
      sid: "LoadBalancing",
      actions: ["elasticloadbalancing:*"],
      resources: [
        here("elasticloadbalancing", `loadbalancer/app/${name}*`),
        here("elasticloadbalancing", `targetgroup/${name}*`),
        here("elasticloadbalancing", `listener/app/${name}*`),
        here("elasticloadbalancing", `listener-rule/app/${name}*`),
      ],
      why: "All calls are settings, and the resources are ours by name.",
    },
    {
      sid: "Scaling",
      actions: ["autoscaling:*"],
      resources: [here("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${name}-*`)],
      why: "All calls are settings, and the groups are ours by name; their ids are AWS's.",
    },
    {
      sid: "Api",
      actions: ["DELETE", "GET", "PATCH", "POST", "PUT"].map((method) => `apigateway:${method}`),
      resources: ["account", "apikeys*", "domainnames*", "restapis*", "tags/*", "usageplans*", "vpclinks*"].map(
        (path) => `arn:aws:apigateway:${region}::/${path}`,
      ),
      why: "AWS chooses the ids in these paths.",
    },
    {
      sid: "Firewall",
      actions: ["wafv2:*"],
      resources: [
        here("wafv2", `regional/webacl/${name}*`),
        here("wafv2", "regional/managedruleset/*"),
        `arn:aws:apigateway:${region}::/restapis/*/stages/*`,
      ],
      why: "All calls are settings; a stage's id is AWS's.",
    },
    {
      sid: "Site",
      actions: [
        ...["CreateDistribution*", "CreateInvalidation", "CreateOriginAccessControl", "CreateResponseHeadersPolicy"],
        ...["CreateCachePolicy", "CreateFunction", "Delete*", "DescribeFunction", "Get*", "List*", "PublishFunction"],
        ...["TagResource", "UntagResource", "Update*"],
      ].map((action) => `cloudfront:${action}`),
      resources: ["*"],
      why: "AWS chooses these ids, and policies of CloudFront carry neither name in their ARN nor tags.",
    },
    {
      sid: "Buckets",
      actions: ["s3:CreateBucket", "s3:DeleteBucket*", "s3:Get*", "s3:List*", "s3:Put*", "s3:DeleteObject*"],
      resources: [`arn:aws:s3:::${name}-*`],
      why: "The provider reads every setting of a bucket, and more of them with each version.",
    },
    {
      sid: "Tables",
      actions: [
        ...["CreateTable", "DeleteTable", "Describe*", "ListTagsOfResource", "TagResource", "UntagResource"],
        ...["UpdateContinuousBackups", "UpdateTable", "UpdateTimeToLive"],
      ].map((action) => `dynamodb:${action}`),
      resources: [here("dynamodb", `table/${name}-*`)],
      why: "Describe calls show settings, never items.",
    },
    {
      sid: "SharedStore",
      actions: ["elasticache:*"],
      resources: [
        here("elasticache", `replicationgroup:${name}*`),
        here("elasticache", `cluster:${name}*`),
        here("elasticache", `subnetgroup:${name}*`),
        here("elasticache", "parametergroup:default.*"),
      ],
      why: "All calls are settings, and the resources are ours by name; stored data is read over another protocol.",
    },
    {
      sid: "Functions",
      actions: ["lambda:*"],
      resources: [here("lambda", `function:${name}-*`)],
      why: "The functions are ours by name, and their code is what is deployed.",
    },
    {
      sid: "Observe",
      actions: [
        ...["cloudwatch:Delete*", "cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:ListTagsForResource"],
        ...["cloudwatch:Put*", "cloudwatch:TagResource", "cloudwatch:UntagResource"],
        ...["events:*", "scheduler:*", "sns:*"],
      ],
      resources: [
        here("cloudwatch", `alarm:${name}*`),
        `arn:aws:cloudwatch::*:dashboard/${name}*`,
        here("events", `rule/${name}*`),
        here("scheduler", `schedule/*/${name}*`),
        here("sns", `${name}*`),
      ],
      why: "The resources are ours by name; a dashboard has no region.",
    },
    {
      sid: "Budgets",
      actions: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource", "budgets:View*"],
      resources: [`arn:aws:budgets::*:budget/${name}*`],
      why: "ViewBudget and its details; budgets have no region.",
    },
    {
      sid: "Logs",
      actions: [
        ...["CreateLogGroup", "DeleteLogGroup", "DeleteRetentionPolicy", "ListTagsForResource", "PutRetentionPolicy"],
        ...["AssociateKmsKey", "DisassociateKmsKey", "TagResource", "UntagResource"],
      ].map((action) => `logs:${action}`),
      resources: ["/sluice/", "/aws/*/", "aws-waf-logs-"].map((start) => here("logs", `log-group:${start}${name}*`)),
      why: "Services write under /aws/<service>/, WAF under aws-waf-logs-.",
    },
    {
      sid: "NewKeys",
      actions: ["kms:CreateKey", "acm:RequestCertificate"],
      resources: ["*"],
      condition: { StringEquals: { "aws:RequestTag/Environment": environment } },
      why: "New resources have no id yet; the tag that they must have limits the later actions.",
    },
    {
      sid: "Keys",
      actions: [
        ...["kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:DescribeKey", "kms:EnableKeyRotation"],
        ...["kms:Decrypt", "kms:GenerateDataKey"], // S3 and DynamoDB require that the caller may use the key
        ...["kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags", "kms:PutKeyPolicy"],
        ...["kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription"],
        ...["acm:AddTagsToCertificate", "acm:DeleteCertificate"],
      ],
      resources: [here("kms", "key/*"), here("acm", "certificate/*")],
      condition: ours,
      why: "AWS chooses these ids; the tag limits the statement to this environment.",
    },
    {
      sid: "KeyNames",
      actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      resources: [here("kms", `alias/${name}*`)],
    },
    {
      sid: "Records",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: ["arn:aws:route53:::hostedzone/*"],
      condition: {
        "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"] },
      },
      why: "Zones belong to the account, not to us; no NS, MX or TXT record can be touched.",
    },
    {
      sid: "Roles",
      actions: [
        ...["AddRoleToInstanceProfile", "CreateInstanceProfile", "CreateRole", "DeleteInstanceProfile"],
        ...["DeleteRole", "DeleteRolePolicy", "GetInstanceProfile", "GetRole", "GetRolePolicy"],
        ...["ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies", "PutRolePolicy"],
        ...["RemoveRoleFromInstanceProfile", "TagInstanceProfile", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"],
      ].map((action) => `iam:${action}`),
      resources: [`arn:aws:iam::*:role/${name}-*`, `arn:aws:iam::*:instance-profile/${name}-*`],
    },
    {
      sid: "ManagedPolicies",
      actions: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      resources: [`arn:aws:iam::*:role/${name}-*`],
      condition: { ArnEquals: { "iam:PolicyARN": MANAGED_POLICIES } },
    },
    {
      sid: "HandRolesOver",
      actions: ["iam:PassRole"],
      resources: [`arn:aws:iam::*:role/${name}-*`],
      condition: {
        StringEquals: {
          "iam:PassedToService": [
            ...["apigateway", "autoscaling", "ec2", "events", "lambda", "scheduler", "vpc-flow-logs"].map(
              (service) => `${service}.amazonaws.com`,
            ),
          ],
        },
      },
    },
    {
      sid: "ServiceRoles",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: ["arn:aws:iam::*:role/aws-service-role/*"],
      condition: {
        StringEquals: {
          "iam:AWSServiceName": ["autoscaling", "elasticache", "elasticloadbalancing", "ops.apigateway"].map(
            (service) => `${service}.amazonaws.com`,
          ),
        },
      },
      why: "AWS defines the names and permissions of these roles; an account's first load balancer creates one.",
    },
    {
      sid: "Images",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: [here("ssm", "parameter/sluice/images/*")],
    },
  ];
}
