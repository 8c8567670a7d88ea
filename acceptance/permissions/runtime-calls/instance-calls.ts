import { byKey, FILES, MISSING_OBJECT, onTable, REGION, type RuntimeCall } from "./runtime-call.ts";

/** The CloudWatch agent, `ami/shared/configure-agent.sh`. */
function agent(...groups: readonly string[]): readonly RuntimeCall[] {
  return ["CreateLogStream", "PutLogEvents", "DescribeLogStreams"].map((action) => ({
    action: `logs:${action}`,
    resources: groups.map((group) => `log-group:/sluice/sluice-everything/${group}:log-stream:some`),
    endpoint: "logs",
    madeBy: "the CloudWatch agent",
  }));
}

/** The SSM agent: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const sessions: readonly RuntimeCall[] = [
  { action: "ssm:UpdateInstanceInformation", endpoint: "ssm" },
  ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map((action) => ({
    action: `ssmmessages:${action}`,
    endpoint: "ssmmessages",
  })),
  { action: "logs:DescribeLogGroups", endpoint: "logs" },
].map((call) => ({ ...call, resources: ["*"], madeBy: "the SSM agent" }));
const sessionLog: readonly RuntimeCall[] = ["CreateLogStream", "PutLogEvents", "DescribeLogStreams"].map((action) => ({
  action: `logs:${action}`,
  resources: ["log-group:/sluice/sluice-everything/sessions:log-stream:some"],
  endpoint: "logs",
  madeBy: "the SSM agent",
}));

/** What an engine reads of a folder of weights. */
function weights(
  bucket: string,
  folder: string,
  context: Readonly<Record<string, string>> = {},
): readonly RuntimeCall[] {
  const onS3 = { context, endpoint: "s3" };
  return [
    { ...onS3, action: "s3:GetObject", resources: [`${bucket}/${folder}/some`], madeBy: "fetch-signed.sh" },
    { ...onS3, action: "s3:ListBucket", resources: [bucket], madeBy: MISSING_OBJECT },
  ];
}

const CATALOGUE_WEIGHTS = [...weights("bucket:assets", "{weights}"), ...byKey("s3", "Decrypt")];
/** Of the pool `warm`, in a bucket and with a key of another account. */
const OWN_WEIGHTS = [
  ...weights("arn:aws:s3:::team-models", "phi/2026-11", { "aws:ResourceAccount": "210987654321" }),
  ...byKey("s3", "Decrypt").map((call) => ({
    ...call,
    resources: [`arn:aws:kms:${REGION}:210987654321:key/0a1b2c3d-0000-4000-8000-000000000000`],
  })),
];

const engine = (pool: string, ofWeights: readonly RuntimeCall[]): readonly RuntimeCall[] => [
  ...ofWeights,
  ...agent("engine", "engine-metrics"),
  ...["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"].map((action) => ({
    action: `autoscaling:${action}`,
    resources: [
      `arn:aws:autoscaling:${REGION}:123456789012:autoScalingGroup:id:autoScalingGroupName/sluice-everything-engine-${pool}`,
    ],
    endpoint: "autoscaling",
    madeBy: "complete-launch.sh",
  })),
  {
    action: "cloudwatch:PutMetricData",
    resources: ["*"],
    context: { "cloudwatch:namespace": "CWAgent" },
    endpoint: "monitoring",
    madeBy: "the CloudWatch agent",
  },
  { action: "ec2:DescribeTags", resources: ["*"], endpoint: "ec2", madeBy: "the CloudWatch agent" },
  ...sessions,
  ...sessionLog,
];

/** Calls of instances by the end of their role's name in the environment `everything`. */
export const INSTANCE_CALLS: Readonly<Record<string, readonly RuntimeCall[]>> = {
  gateway: [
    ...onTable("keys", "GetItem", "BatchGetItem"),
    ...onTable("keys", "UpdateItem").map((call) => ({ ...call, context: { "dynamodb:Attributes": "lastUsedAt" } })),
    ...onTable("routes", "GetItem", "Query", "UpdateItem", "DeleteItem"),
    ...onTable("responses", "GetItem", "PutItem", "DeleteItem"),
    ...onTable("batches", "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"),
    ...onTable("usage", "GetItem", "UpdateItem"),
    ...onTable("history", "PutItem"),
    ...onTable("subject-keys", "GetItem", "PutItem"),
    ...onTable("control", "GetItem", "Query"),
    { action: "s3:PutObject", resources: ["bucket:usage/usage/some"], endpoint: "s3" },
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload"].map((action) => ({
      action: `s3:${action}`,
      resources: FILES,
      endpoint: "s3",
    })),
    { action: "s3:ListBucket", resources: ["bucket:files"], endpoint: "s3", madeBy: MISSING_OBJECT },
    ...byKey("s3", "Decrypt", "Encrypt", "GenerateDataKey"),
    {
      action: "s3:GetObjectVersion",
      resources: ["bucket:assets/gateway/some"],
      endpoint: "s3",
      madeBy: "fetch-build.sh",
    },
    { action: "elasticloadbalancing:DescribeTargetHealth", resources: ["*"], endpoint: "elasticloadbalancing" },
    { action: "ec2:DescribeInstances", resources: ["*"], endpoint: "ec2" },
    {
      action: "autoscaling:CompleteLifecycleAction",
      resources: [
        `arn:aws:autoscaling:${REGION}:123456789012:autoScalingGroup:id:autoScalingGroupName/sluice-everything-gateway`,
      ],
      endpoint: "autoscaling",
    },
    {
      action: "secretsmanager:GetSecretValue",
      resources: [
        `arn:aws:secretsmanager:${REGION}:123456789012:secret:sluice/outside-AbCdEf`,
        `arn:aws:secretsmanager:${REGION}:123456789012:secret:{run-time-provider}-AbCdEf`,
      ],
      endpoint: "secretsmanager",
    },
    ...["InvokeModel", "InvokeModelWithResponseStream"].map((action) => ({
      action: `bedrock:${action}`,
      resources: [`arn:aws:bedrock:${REGION}::foundation-model/amazon.nova-lite-v1:0`],
      endpoint: "bedrock-runtime",
      madeBy: "gateway/providers/bedrock: a request that the gateway signs itself",
    })),
    ...agent("gateway", "gateway-metrics"),
    ...sessions,
    ...sessionLog,
  ],
  "engine-spot": engine("spot", CATALOGUE_WEIGHTS),
  "engine-warm": engine("warm", OWN_WEIGHTS),
};
