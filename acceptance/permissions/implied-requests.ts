import type { Call } from "../aws-calls/call.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import { requestTags, valuesOf } from "./call-values.ts";
import { type CalledResource, ec2Arn } from "./resources-of-call.ts";

/** A further action that AWS checks when it receives a call. */
export interface ImpliedRequest {
  readonly action: string;
  readonly arn: string;
  readonly context?: Readonly<Record<string, string>>;
  /** Whether it is about the tags that the call sets. @default false */
  readonly isTagging?: boolean;
}

/** Actions that set tags while a resource is created, by service. Services without one have no such check. */
const TAGGING: Readonly<Record<string, string>> = {
  acm: "acm:AddTagsToCertificate",
  autoscaling: "autoscaling:CreateOrUpdateTags",
  budgets: "budgets:TagResource",
  cloudfront: "cloudfront:TagResource",
  cloudwatch: "cloudwatch:TagResource",
  "cognito-idp": "cognito-idp:TagResource",
  dynamodb: "dynamodb:TagResource",
  ec2: "ec2:CreateTags",
  elasticache: "elasticache:AddTagsToResource",
  elasticloadbalancing: "elasticloadbalancing:AddTags",
  events: "events:TagResource",
  kms: "kms:TagResource",
  lambda: "lambda:TagResource",
  logs: "logs:TagResource",
  sns: "sns:TagResource",
  wafv2: "wafv2:TagResource",
};

/** IAM's actions for tags are by type. */
const IAM_TAGGING: Readonly<Record<string, string>> = {
  "iam:CreateInstanceProfile": "iam:TagInstanceProfile",
  "iam:CreateRole": "iam:TagRole",
};

/** Services that a role is passed to, by the action that passes it. */
const ROLE_RECEIVERS: Readonly<Record<string, string>> = {
  "apigateway:PATCH": "apigateway.amazonaws.com",
  "ec2:CreateFlowLogs": "vpc-flow-logs.amazonaws.com",
  "events:PutTargets": "events.amazonaws.com",
  "lambda:CreateFunction": "lambda.amazonaws.com",
};

/** Roles of AWS's own services that an account's first resource of a kind makes. */
const SERVICE_ROLES: Readonly<Record<string, readonly [service: string, role: string]>> = {
  "autoscaling:CreateAutoScalingGroup": ["autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"],
  "elasticache:CreateReplicationGroup": ["elasticache.amazonaws.com", "AWSServiceRoleForElastiCache"],
  "elasticloadbalancing:CreateLoadBalancer": [
    "elasticloadbalancing.amazonaws.com",
    "AWSServiceRoleForElasticLoadBalancing",
  ],
};

/** Instance profiles of launch templates that were created, by the template's id. */
export type LaunchTemplates = ReadonlyMap<string, { readonly profile: string; readonly image: string }>;

/** The further actions of a call, each with AWS's documentation as its source. */
export function impliedRequests(
  action: string,
  call: Call,
  resources: readonly CalledResource[],
  templates: LaunchTemplates,
): readonly ImpliedRequest[] {
  return [
    ...tagging(action, call, resources),
    ...passedRoles(action, call),
    ...serviceRoles(action, call),
    ...launches(action, call, templates),
    ...encryption(action, call),
    ...associations(action, call),
  ];
}

function tagging(action: string, call: Call, resources: readonly CalledResource[]): readonly ImpliedRequest[] {
  const [service = "", name = ""] = action.split(":");
  if (requestTags(call).length === 0 || /Tag/.test(name)) return [];
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
  if (service === "apigateway")
    return [{ action: "apigateway:PUT", arn: `arn:aws:apigateway:${call.region}::/tags/new`, isTagging: true }];
  const tagging = service === "iam" ? IAM_TAGGING[action] : TAGGING[service];
  if (tagging === undefined) return [];
  return createdArns(action, call, resources).map((arn) => ({ action: tagging, arn, isTagging: true }));
}

/** What a create makes, where the create itself is checked on something else: a listener, on its load balancer. */
function createdArns(action: string, call: Call, resources: readonly CalledResource[]): readonly string[] {
  const lbPart = /(?:loadbalancer|listener)\/(app\/.+)$/.exec(resources[0]?.arn ?? "")?.[1];
  const elb = `arn:aws:elasticloadbalancing:${call.region}:${ACCOUNT}`;
  if (action === "elasticloadbalancing:CreateListener") return [`${elb}:listener/${lbPart}/new`];
  if (action === "elasticloadbalancing:CreateRule") return [`${elb}:listener-rule/${lbPart}/new`];
  if (action === "cloudwatch:PutCompositeAlarm")
    return [`arn:aws:cloudwatch:${call.region}:${ACCOUNT}:alarm:${valuesOf(call).get("AlarmName")?.[0]}`];
  if (action === "kms:CreateKey") return [`arn:aws:kms:${call.region}:${ACCOUNT}:key/new`];
  if (action === "cognito-idp:CreateUserPool") return [`arn:aws:cognito-idp:${call.region}:${ACCOUNT}:userpool/new`];
  if (action === "acm:RequestCertificate") return [`arn:aws:acm:${call.region}:${ACCOUNT}:certificate/new`];
  if (action === "cloudfront:CreateDistribution") return [`arn:aws:cloudfront::${ACCOUNT}:distribution/new`];
  if (action.startsWith("ec2:")) {
    const types =
      valuesOf(call)
        .get("ResourceType")
        ?.filter((type) => type !== "VPC") ?? [];
    const own = action === "ec2:CreateLaunchTemplate" ? ["launch-template"] : types;
    return [...new Set(own)].map((type) => ec2Arn(call, type, "new"));
  }
  const arns = resources.map(({ arn }) => arn);
  // The groups that a replication group uses exist already.
  return action === "elasticache:CreateReplicationGroup"
    ? arns.filter((arn) => arn.includes(":replicationgroup:"))
    : arns;
}

function passedRoles(action: string, call: Call): readonly ImpliedRequest[] {
  const receiver = ROLE_RECEIVERS[action];
  if (receiver === undefined) return [];
  const roles = [...valuesOf(call).values()].flat().filter((value) => /^arn:aws:iam::\d+:role\//.test(value));
  return [...new Set(roles)].map((arn) => passRole(arn, receiver));
}

function passRole(arn: string, receiver: string): ImpliedRequest {
  return { action: "iam:PassRole", arn, context: { "iam:PassedToService": receiver } };
}

function serviceRoles(action: string, { url }: Call): readonly ImpliedRequest[] {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
  const isVpcLink = action === "apigateway:POST" && url.startsWith("/v2/vpclinks");
  const [service, role] = isVpcLink
    ? ["ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway"]
    : (SERVICE_ROLES[action] ?? []);
  if (service === undefined) return [];
  const arn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${service}/${role}`;
  return [{ action: "iam:CreateServiceLinkedRole", arn, context: { "iam:AWSServiceName": service } }];
}

/**
 * A group with a launch template is checked as if its creator launched an instance: the template's role is passed, its
 * image parameter read, its tags set.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
 */
function launches(action: string, call: Call, templates: LaunchTemplates): readonly ImpliedRequest[] {
  if (!/^autoscaling:(Create|Update)AutoScalingGroup$/.test(action)) return [];
  const values = valuesOf(call);
  return (values.get("LaunchTemplateId") ?? []).flatMap((id) => {
    const { profile = "", image = "" } = templates.get(id) ?? {};
    const parameter = /^resolve:ssm:\/?(.+)$/.exec(image)?.[1];
    const launched = ["instance", "network-interface", "volume"].map((type) => ec2Arn(call, type, "new"));
    const used = ["image", "launch-template", "security-group", "subnet"].map((type) => ec2Arn(call, type, "used"));
    return [
      ...[...launched, ...used].map((arn) => ({ action: "ec2:RunInstances", arn })),
      ...launched.map((arn) => ({ action: "ec2:CreateTags", arn, isTagging: true })),
      passRole(`arn:aws:iam::${ACCOUNT}:role/${profile}`, "ec2.amazonaws.com"),
      ...(parameter === undefined
        ? []
        : [{ action: "ssm:GetParameters", arn: `arn:aws:ssm:${call.region}:${ACCOUNT}:parameter/${parameter}` }]),
    ];
  });
}

/**
 * A service that encrypts with a customer key makes a grant of it for itself, in the caller's name.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html and
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
 */
function encryption(action: string, call: Call): readonly ImpliedRequest[] {
  const values = valuesOf(call);
  const keys = [...(values.get("KMSMasterKeyId") ?? []), ...(values.get("KmsKeyId") ?? [])];
  if (/^(dynamodb:CreateTable|elasticache:CreateReplicationGroup)$/.test(action))
    return keys.flatMap((arn) => ["kms:CreateGrant", "kms:DescribeKey"].map((each) => ({ action: each, arn })));
  // Objects of every bucket are encrypted with the bucket's key.
  const key = `${bucketKeys(call)}${decodeURIComponent(call.url).split("/")[1]}`;
  if (action === "s3:PutObject") return [{ action: "kms:GenerateDataKey", arn: key }];
  if (action === "s3:GetObject") return [{ action: "kms:Decrypt", arn: key }];
  // An alias and its key are both checked: https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
  return action === "kms:DeleteAlias" ? [{ action, arn: `${bucketKeys(call)}alias` }] : [];
}

/** Start of the ARN of a bucket's key, which a call about an object does not name; the bucket's name follows. */
function bucketKeys({ region }: Call): string {
  return `arn:aws:kms:${region}:${ACCOUNT}:key/of-`;
}

/** Whether an ARN is that of a bucket's key. */
export function isBucketKey(arn: string): boolean {
  return /^arn:aws:kms:[^:]+:\d+:key\/of-/.test(arn);
}

function associations(action: string, call: Call): readonly ImpliedRequest[] {
  const values = valuesOf(call);
  const resource = values.get("ResourceArn")?.[0] ?? "";
  if (/^wafv2:(A|Disa)ssociateWebACL$/.test(action))
    // https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html; the reference has no resource of SetWebAcl.
    return resource.includes(":apigateway:")
      ? [{ action: "apigateway:SetWebACL", arn: resource }]
      : [{ action: "elasticloadbalancing:SetWebAcl", arn: "*" }];
  if (action === "wafv2:PutLoggingConfiguration")
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
    return ["CreateLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies", "PutResourcePolicy"].map((name) => ({
      action: `logs:${name}`,
      arn: "*",
    }));
  if (action === "wafv2:DeleteLoggingConfiguration") return [{ action: "logs:DeleteLogDelivery", arn: "*" }];
  // Private DNS names: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-iam.html
  if (action === "ec2:CreateVpcEndpoint" && values.get("PrivateDnsEnabled")?.[0] === "true")
    return [{ action: "route53:AssociateVPCWithHostedZone", arn: "arn:aws:route53:::hostedzone/of-an-aws-service" }];
  return [];
}
