import everything from "../environments/everything.ts";

const REGION = everything.region;

/** One call of a role at run time. */
export interface RuntimeCall {
  readonly action: string;
  /** `table:keys`, `bucket:files/files/some`, `log-group:…`, `key`, `groups`, `target-groups`, an ARN, or `*`. */
  readonly resources: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
  /** VPC endpoint on the way, by the end of its service's name. @default - the function has none on its way */
  readonly endpoint?: string;
  /** What makes the call, where it is no command of the AWS SDK in the role's code. */
  readonly madeBy?: string;
}

/** Of a command that has no action of its own: its items have theirs, which the roles list by what makes them. */
export const OF_ITS_ITEMS = "(the actions of its items)";

/** Actions of the SDK's commands. A command's own permissions, as AWS's reference of the API call has them. */
export const COMMAND_ACTIONS: Readonly<Record<string, string>> = {
  AbortMultipartUploadCommand: "s3:AbortMultipartUpload",
  BatchGetCommand: "dynamodb:BatchGetItem",
  CompleteLifecycleActionCommand: "autoscaling:CompleteLifecycleAction",
  CompleteMultipartUploadCommand: "s3:PutObject",
  CreateMultipartUploadCommand: "s3:PutObject",
  DecryptCommand: "kms:Decrypt",
  DeleteCommand: "dynamodb:DeleteItem",
  DeleteObjectCommand: "s3:DeleteObject",
  DeregisterTargetsCommand: "elasticloadbalancing:DeregisterTargets",
  DescribeInstancesCommand: "ec2:DescribeInstances",
  DescribeTargetHealthCommand: "elasticloadbalancing:DescribeTargetHealth",
  EncryptCommand: "kms:Encrypt",
  GetCommand: "dynamodb:GetItem",
  GetItemCommand: "dynamodb:GetItem",
  GetMetricDataCommand: "cloudwatch:GetMetricData",
  GetObjectCommand: "s3:GetObject",
  GetPublicKeyCommand: "kms:GetPublicKey",
  GetSecretValueCommand: "secretsmanager:GetSecretValue",
  ListObjectVersionsCommand: "s3:ListBucketVersions",
  PublishCommand: "sns:Publish",
  PutCommand: "dynamodb:PutItem",
  PutObjectCommand: "s3:PutObject",
  PutRecordBatchCommand: "firehose:PutRecordBatch",
  QueryCommand: "dynamodb:Query",
  SignCommand: "kms:Sign",
  TransactWriteCommand: OF_ITS_ITEMS,
  UpdateCommand: "dynamodb:UpdateItem",
  UploadPartCommand: "s3:PutObject",
};

/** What S3 and DynamoDB do with the environment's key in the caller's name. */
function byKey(service: keyof typeof BY_KEY, ...actions: readonly string[]): readonly RuntimeCall[] {
  return actions.map((action) => ({
    action: `kms:${action}`,
    resources: ["key"],
    context: { "kms:ViaService": `${service}.${REGION}.amazonaws.com` },
    madeBy: BY_KEY[service],
  }));
}

const S3_KEY = "S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html";
const DYNAMODB_KEY =
  "DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html";
const BY_KEY = {
  dynamodb: DYNAMODB_KEY,
  s3: S3_KEY,
  sns: "SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
} as const;
const FIREHOSE = "Firehose: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html";
const MISSING_OBJECT =
  "S3, to say that an object is missing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html";

function onTable(table: string, ...actions: readonly string[]): readonly RuntimeCall[] {
  return actions.map((action) => ({
    action: `dynamodb:${action}`,
    resources: [`table:${table}`],
    endpoint: "dynamodb",
  }));
}

/** A call of a function outside the network, which has no endpoint on its way. */
function withoutEndpoint({ endpoint: _, ...call }: RuntimeCall): RuntimeCall {
  return call;
}

/** The CloudWatch agent, `ami/shared/configure-agent.sh`. */
function agent(...groups: readonly string[]): readonly RuntimeCall[] {
  return ["CreateLogStream", "PutLogEvents", "DescribeLogStreams"].map((action) => ({
    action: `logs:${action}`,
    resources: groups.map((group) => `log-group:/sluice/sluice-everything/${group}:log-stream:some`),
    endpoint: "logs",
    madeBy: "the CloudWatch agent",
  }));
}

/** Lambda's runtime, which writes what a function prints. */
function functionLogs(name: string): readonly RuntimeCall[] {
  return ["CreateLogStream", "PutLogEvents"].map((action) => ({
    action: `logs:${action}`,
    resources: [`log-group:/aws/lambda/sluice-everything-${name}:log-stream:some`],
    madeBy: "Lambda",
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

const FILES = ["bucket:files/files/some", "bucket:files/parts/some"];

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

/** Calls by the end of the role's name in the environment `everything`. */
export const RUNTIME_CALLS: Readonly<Record<string, readonly RuntimeCall[]>> = {
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
  "authorize-request": [
    { action: "dynamodb:GetItem", resources: ["table:keys"] },
    ...byKey("dynamodb", "Decrypt"),
    ...functionLogs("authorize-request"),
  ],
  administer: [
    ...onTable("control", "GetItem", "Query", "UpdateItem").map(withoutEndpoint),
    ...onTable("usage", "Query").map(withoutEndpoint),
    ...onTable("history", "GetItem", "Query", "UpdateItem", "DeleteItem").map(withoutEndpoint),
    ...onTable("subject-keys", "BatchGetItem", "PutItem", "DeleteItem").map(withoutEndpoint),
    ...onTable("batches", "Query", "DeleteItem").map(withoutEndpoint),
    ...onTable("responses", "Query").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:Attributes": "id" },
    })),
    ...onTable("responses", "DeleteItem").map(withoutEndpoint),
    { action: "s3:DeleteObject", resources: FILES },
    { action: "s3:DeleteObjectVersion", resources: FILES, madeBy: "S3, for a DeleteObject that names a version" },
    { action: "s3:ListBucketVersions", resources: ["bucket:files"], context: { "s3:prefix": "files/some/" } },
    ...onTable("keys", "GetItem")
      .map(withoutEndpoint)
      .flatMap((call) =>
        ["lastUsedAt", "projectId", "version"].map((attribute) => ({
          ...call,
          context: { "dynamodb:Attributes": attribute },
        })),
      ),
    ...[
      ...onTable("control", "ConditionCheckItem", "PutItem", "DeleteItem"),
      ...onTable("keys", "PutItem", "UpdateItem"),
    ].map((call) => ({
      ...withoutEndpoint(call),
      madeBy: "DynamoDB, for each action of a transaction",
    })),
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    {
      action: "kms:Encrypt",
      resources: ["key"],
      context: { "kms:EncryptionContext:use": "webhook" },
      madeBy: "lambdas/secret-sealer.ts",
    },
    ...functionLogs("administer"),
  ],
  "archive-usage": [
    { action: "s3:GetObject", resources: ["bucket:usage/usage/segments/some"] },
    ...["usage/segments/", "usage/parquet/"].map((prefix) => ({
      action: "s3:ListBucket",
      resources: ["bucket:usage"],
      context: { "s3:prefix": prefix },
    })),
    { action: "s3:PutObject", resources: ["bucket:usage/usage/parquet/some"] },
    ...byKey("s3", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...functionLogs("archive-usage"),
  ],
  "audit-events": [
    ...["AbortMultipartUpload", "PutObject"].map((action) => ({
      action: `s3:${action}`,
      resources: ["bucket:siem/events/some", "bucket:siem/failed/some"],
      madeBy: FIREHOSE,
    })),
    ...["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"].map((action) => ({
      action: `s3:${action}`,
      resources: ["bucket:siem"],
      madeBy: FIREHOSE,
    })),
    ...byKey("s3", "Decrypt", "Encrypt", "GenerateDataKey"),
  ],
  "count-usage": [
    { action: "s3:GetObject", resources: ["bucket:usage/usage/some"] },
    {
      action: "s3:ListBucket",
      resources: ["bucket:usage"],
      context: { "s3:prefix": "usage/segments/" },
    },
    ...onTable("usage", "BatchGetItem", "GetItem").map(withoutEndpoint),
    ...onTable("usage", "PutItem", "UpdateItem").map((call) => ({
      ...withoutEndpoint(call),
      madeBy: "DynamoDB, for each action of a transaction",
    })),
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...byKey("s3", "Decrypt"),
    ...functionLogs("count-usage"),
  ],
  "drain-engine": [
    { action: "elasticloadbalancing:DescribeTargetHealth", resources: ["*"], endpoint: "elasticloadbalancing" },
    { action: "ec2:DescribeInstances", resources: ["*"], endpoint: "ec2" },
    {
      action: "elasticloadbalancing:DeregisterTargets",
      resources: ["target-groups"],
      endpoint: "elasticloadbalancing",
    },
    { action: "autoscaling:CompleteLifecycleAction", resources: ["groups"], endpoint: "autoscaling" },
    ...["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"].map((action) => ({
      action: `ec2:${action}`,
      resources: ["*"],
      madeBy: "Lambda, for a function in a VPC",
    })),
    ...functionLogs("drain-engine"),
  ],
  "exchange-token": [
    { action: "dynamodb:GetItem", resources: ["table:keys"] },
    { action: "dynamodb:UpdateItem", resources: ["table:keys"] },
    { action: "dynamodb:PutItem", resources: ["table:keys"], madeBy: "DynamoDB, for each item of a transaction" },
    ...onTable("control", "GetItem", "Query").map(withoutEndpoint),
    ...onTable("control", "UpdateItem").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:LeadingKeys": "*refusals-0" },
      madeBy: "lambdas/refusal-store.ts, of several functions",
    })),
    ...onTable("control", "ConditionCheckItem", "PutItem").map((call) => ({
      ...withoutEndpoint(call),
      madeBy: "DynamoDB, for each action of a transaction",
    })),
    {
      action: "secretsmanager:GetSecretValue",
      resources: [`arn:aws:secretsmanager:${REGION}:123456789012:secret:sluice/console-client-AbCdEf`],
    },
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...functionLogs("exchange-token"),
  ],
  "publish-cost": [
    { action: "ec2:DescribeInstances", resources: ["*"] },
    { action: "cloudwatch:GetMetricData", resources: ["*"] },
    ...functionLogs("publish-cost"),
  ],
  "seal-audit": [
    ...onTable("control", "GetItem", "PutItem", "Query").map(withoutEndpoint),
    ...onTable("control", "PutItem", "DeleteItem").map((call) => ({
      ...withoutEndpoint(call),
      madeBy: "DynamoDB, for each action of a transaction",
    })),
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...["s3:PutObject", "s3:GetObject"].map((action) => ({
      action,
      resources: ["bucket:audit/org-a/heads/000000000001.json"],
    })),
    ...byKey("s3", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...["kms:GetPublicKey", "kms:Sign"].map((action) => ({ action, resources: ["key"] })),
    {
      action: "firehose:PutRecordBatch",
      resources: [`arn:aws:firehose:${REGION}:123456789012:deliverystream/sluice-everything-audit-events`],
    },
    ...functionLogs("seal-audit"),
  ],
  "report-stripe": [
    ...onTable("control", "Query").map(withoutEndpoint),
    ...onTable("usage", "Query").map(withoutEndpoint),
    ...onTable("usage", "UpdateItem").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:LeadingKeys": "stripe 2026-11" },
    })),
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    {
      action: "secretsmanager:GetSecretValue",
      resources: [`arn:aws:secretsmanager:${REGION}:123456789012:secret:sluice/stripe-AbCdEf`],
    },
    ...functionLogs("report-stripe"),
  ],
  "send-notices": [
    ...onTable("control", "GetItem", "Query").map(withoutEndpoint),
    ...onTable("control", "UpdateItem").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:LeadingKeys": "*notices" },
    })),
    ...onTable("control", "PutItem", "DeleteItem").map((call) => ({
      ...withoutEndpoint(call),
      madeBy: "DynamoDB, for each action of a transaction",
    })),
    ...onTable("keys", "GetItem").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:Attributes": "projectId", "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
    })),
    ...onTable("usage", "Query").map(withoutEndpoint),
    ...onTable("usage", "DeleteItem").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:LeadingKeys": "budget alerts" },
    })),
    ...byKey("dynamodb", "Decrypt", "Encrypt", "GenerateDataKey"),
    { action: "sns:Publish", resources: [`arn:aws:sns:${REGION}:123456789012:sluice-everything-alarms`] },
    ...byKey("sns", "Decrypt", "GenerateDataKey"),
    {
      action: "kms:Decrypt",
      resources: ["key"],
      context: { "kms:EncryptionContext:use": "webhook" },
      madeBy: "lambdas/secret-sealer.ts",
    },
    ...functionLogs("send-notices"),
  ],
};
