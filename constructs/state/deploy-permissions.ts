import {
  becomesOurs,
  type DeployPermissionsProps,
  type Grant,
  isOurs,
  PLAIN_ROLES,
  type RoleNaming,
  regionalArn,
} from "./grant.ts";
import { serviceGrants } from "./service-grants.ts";

/**
 * Permissions to deploy the stacks, without those for their states. Resources that we name are bound by name; those with
 * ids of AWS by region or by our tag. Data is not included: no API key, no object outside our buckets, no log line.
 *
 * A principal that may create roles can grant them more than it has: that is why only named branches and GitHub
 * environments can assume the role, and why the role can't change itself.
 */
export function deployGrants(props: DeployPermissionsProps): readonly Grant[] {
  return [...accountGrants(props), ...serviceGrants(props)];
}

/** Permissions for what is not a service's own: look-ups, network, new resources, keys, names and roles. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of policy statements
export function accountGrants({
  name,
  region,
  environment,
  roles = PLAIN_ROLES,
  endpointsGroupId,
  certificateRegion,
}: DeployPermissionsProps): readonly Grant[] {
  const here = (service: string, resource: string) => regionalArn(service, region, resource);
  const inRegion = { StringEquals: { "aws:RequestedRegion": region } };
  const ours = isOurs(environment);
  const becoming = becomesOurs(environment);
  return [
    {
      sid: "LookUp",
      purpose: "OpenTofu reads the settings of existing resources, to plan their changes.",
      actions: [
        "acm:DescribeCertificate",
        "acm:ListTagsForCertificate",
        "autoscaling:Describe*",
        "cloudfront:Get*",
        "cloudfront:List*",
        "cloudwatch:DescribeAlarms",
        "cognito-idp:DescribeUserPoolDomain",
        "ec2:Describe*",
        "elasticloadbalancing:Describe*",
        "kms:ListAliases",
        "logs:Describe*",
        "route53:GetChange",
        "route53:GetHostedZone",
        "route53:ListResourceRecordSets",
        "sns:GetSubscriptionAttributes",
      ],
      resources: ["*"],
      why: "These calls know no resources, or none that can be named, such as composite alarms; they show settings, not data.",
    },
    {
      sid: "Network",
      actions: [
        ...["AllocateAddress", "AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroupEgress"],
        ...["AuthorizeSecurityGroupIngress", "CreateFlowLogs", "CreateInternetGateway", "CreateLaunchTemplate"],
        ...[
          "CreateLaunchTemplateVersion",
          "CreateNatGateway",
          "CreateRoute",
          "CreateRouteTable",
          "CreateSecurityGroup",
        ],
        ...["CreateSubnet", "CreateVpc", "CreateVpcEndpoint", "DisassociateAddress", "RunInstances"],
      ]
        .map((action) => `ec2:${action}`)
        .concat("cloudwatch:PutCompositeAlarm", "elasticloadbalancing:SetWebAcl", "logs:CreateLogDelivery")
        .concat("logs:DeleteLogDelivery", "logs:PutResourcePolicy", "sns:Unsubscribe"),
      resources: ["*"],
      condition: inRegion,
      why:
        "New resources and log deliveries have no id; setting a group's launch template requires RunInstances; AWS checks " +
        "composite alarms, subscriptions and a load balancer's firewall on all resources.",
    },
    {
      sid: "ChangeOurs",
      actions: [
        ...["CreateTags", "Delete*", "DetachInternetGateway", "DisassociateRouteTable", "Modify*", "ReleaseAddress"],
        ...["ReplaceRoute", "RevokeSecurityGroup*"],
      ]
        .map((action) => `ec2:${action}`)
        .concat("cloudfront:DeleteDistribution", "cloudfront:UntagResource", "cloudfront:UpdateDistribution")
        .concat("cognito-idp:*UserPool*", "cognito-idp:UntagResource"),
      resources: ["*"],
      condition: ours,
      why:
        "AWS chooses these ids; the tag limits the statement to this environment. Calls about a user pool with its name are " +
        "settings; those about its people have other names.",
    },
    ...endpointsGroupGrants(endpointsGroupId, here),
    ...certificateGrants(certificateRegion, environment),
    {
      sid: "New",
      actions: [
        ...["acm:AddTagsToCertificate", "acm:RequestCertificate", "ec2:CreateTags", "elasticloadbalancing:AddTags"],
        ...["elasticloadbalancing:CreateTargetGroup", "kms:CreateKey", "kms:TagResource"],
        ...["cognito-idp:CreateUserPool", "cognito-idp:TagResource"],
      ],
      resources: ["*"],
      condition: { ...becoming, StringEquals: { ...inRegion.StringEquals, ...becoming.StringEquals } },
      why: "New resources have no id yet; the tag that they must have limits the later actions.",
    },
    {
      sid: "DefaultKeys",
      purpose: "OpenTofu reads whether a table is encrypted by DynamoDB's own key.",
      actions: ["kms:DescribeKey"],
      resources: [here("kms", "key/*")],
      condition: { StringEquals: { "kms:RequestAlias": "alias/aws/dynamodb" } },
      why: "The provider compares a table's key with DynamoDB's own, which is AWS's and has no tag.",
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
      sid: "PrivateNames",
      purpose: "EC2 connects the private names of an interface endpoint to the VPC.",
      actions: ["route53:AssociateVPCWithHostedZone"],
      resources: ["arn:aws:route53:::hostedzone/*"],
      why: "An endpoint's private names are in a zone of AWS's own, whose id AWS chooses.",
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
    ...roleGrants(name, roles),
    {
      sid: "HandRolesOver",
      purpose: "OpenTofu gives instances, functions and the flow log their roles.",
      actions: ["iam:PassRole"],
      resources: [roleArns(name, roles)],
      condition: {
        StringEquals: {
          "iam:PassedToService": [
            ...["ec2", "firehose", "lambda", "vpc-flow-logs"].map((service) => `${service}.amazonaws.com`),
          ],
        },
      },
    },
    {
      sid: "ServiceRoles",
      purpose: "An AWS service makes its own role when the account uses it for the first time.",
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
      purpose: "OpenTofu reads the ids of the images of gateways and engines.",
      actions: ["ssm:GetParameters"],
      resources: [here("ssm", "parameter/sluice/images/*")],
    },
  ];
}

/** Pattern of the ARNs of the environment's roles. */
function roleArns(name: string, { start }: RoleNaming): string {
  return `arn:aws:iam::*:role${start}${name}-*`;
}

/** What may be done with roles. With a permissions boundary, no role without it gets a permission. */
function roleGrants(name: string, roles: RoleNaming): readonly Grant[] {
  const resources = [roleArns(name, roles)];
  const { permissionsBoundary } = roles;
  const giving = ["CreateRole", "PutRolePolicy"];
  const bounded = { StringEquals: { "iam:PermissionsBoundary": permissionsBoundary ?? "" } };
  const manages = [
    ...["AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile"],
    ...["DeleteRole", "DeleteRolePolicy", "GetInstanceProfile", "GetRole", "GetRolePolicy"],
    ...["ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies"],
    ...["RemoveRoleFromInstanceProfile", "TagInstanceProfile", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"],
  ];
  const actions = permissionsBoundary === null ? [...manages, ...giving].toSorted() : manages;
  return [
    {
      sid: "Roles",
      actions: actions.map((action) => `iam:${action}`),
      resources: [...resources, `arn:aws:iam::*:instance-profile/${name}-*`],
    },
    ...(permissionsBoundary === null
      ? []
      : [
          {
            sid: "BoundedRoles",
            actions: [...giving, "PutRolePermissionsBoundary"].map((action) => `iam:${action}`),
            resources,
            condition: bounded,
          },
        ]),
  ];
}

/** The group of an existing network's endpoints has no tag of ours; the rules that we add to it go with us. */
function endpointsGroupGrants(
  id: string | undefined,
  here: (service: string, resource: string) => string,
): readonly Grant[] {
  if (id === undefined) return [];
  const actions = ["ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupIngress"];
  const purpose = "OpenTofu changes and deletes the rules that it added to the existing endpoints' security group.";
  return [{ sid: "EndpointsGroup", purpose, actions, resources: [here("ec2", `security-group/${id}`)] }];
}

/** CloudFront reads certificates in one region, which may not be the environment's. */
function certificateGrants(region: string | undefined, environment: string): readonly Grant[] {
  if (region === undefined) return [];
  const becoming = becomesOurs(environment);
  return [
    {
      sid: "NewPageCertificate",
      actions: ["acm:AddTagsToCertificate", "acm:RequestCertificate"],
      resources: ["*"],
      condition: { ...becoming, StringEquals: { ...becoming.StringEquals, "aws:RequestedRegion": region } },
      why: "A new certificate has no id yet; the tag that it must have limits the later actions.",
    },
    {
      sid: "PageCertificate",
      actions: ["acm:AddTagsToCertificate", "acm:DeleteCertificate"],
      resources: [regionalArn("acm", region, "certificate/*")],
      condition: isOurs(environment),
      why: "AWS chooses the id; the tag limits the statement to this environment.",
    },
  ];
}
