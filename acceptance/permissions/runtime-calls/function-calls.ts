import { byKey, FILES, MISSING_OBJECT, onTable, REGION, type RuntimeCall } from "./runtime-call.ts";

/** What several functions read and write files of events by. */
const USAGE_FILES_CLASS = "lambdas/count-usage/s3-usage-files.ts";
const FIREHOSE = "Firehose: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html";

/** What S3 does with the permissions of who copies an object. */
const COPIES = "S3, for a copy: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html";

/** A call of a function outside the network, which has no endpoint on its way. */
function withoutEndpoint({ endpoint: _, ...call }: RuntimeCall): RuntimeCall {
  return call;
}

/** Lambda's runtime, which writes what a function prints. */
function functionLogs(name: string): readonly RuntimeCall[] {
  return ["CreateLogStream", "PutLogEvents"].map((action) => ({
    action: `logs:${action}`,
    resources: [`log-group:/aws/lambda/sluice-everything-${name}:log-stream:some`],
    madeBy: "Lambda",
  }));
}

/** Calls of functions, and of the delivery stream, by the end of their role's name in the environment `everything`. */
export const FUNCTION_CALLS: Readonly<Record<string, readonly RuntimeCall[]>> = {
  "authorize-request": [
    { action: "dynamodb:GetItem", resources: ["table:keys"] },
    ...byKey("dynamodb", "Decrypt"),
    ...functionLogs("authorize-request"),
  ],
  administer: [
    ...onTable("control", "GetItem", "Query", "UpdateItem").map(withoutEndpoint),
    ...onTable("usage", "Query", "GetItem", "BatchGetItem").map(withoutEndpoint),
    ...["GetObject", "PutObject"].map((name) => ({
      action: `s3:${name}`,
      resources: ["bucket:usage/usage/segments/some"],
      madeBy: USAGE_FILES_CLASS,
    })),
    {
      action: "s3:ListBucket",
      resources: ["bucket:usage"],
      context: { "s3:prefix": "usage/segments/" },
      madeBy: USAGE_FILES_CLASS,
    },
    ...byKey("s3", "Decrypt", "Encrypt", "GenerateDataKey"),
    ...onTable("history", "GetItem", "Query", "UpdateItem", "DeleteItem").map(withoutEndpoint),
    ...onTable("subject-keys", "BatchGetItem", "PutItem", "DeleteItem").map(withoutEndpoint),
    ...onTable("batches", "Query", "DeleteItem", "UpdateItem").map(withoutEndpoint),
    ...onTable("responses", "Query").map((call) => ({
      ...withoutEndpoint(call),
      context: { "dynamodb:Attributes": "id" },
    })),
    ...onTable("responses", "UpdateItem")
      .map(withoutEndpoint)
      .flatMap((call) =>
        ["expiresAt", "heldBy", "heldExpiry"].map((attribute) => ({
          ...call,
          context: { "dynamodb:Attributes": attribute },
        })),
      ),
    ...onTable("responses", "DeleteItem").map(withoutEndpoint),
    { action: "s3:DeleteObject", resources: FILES },
    { action: "s3:DeleteObjectVersion", resources: FILES, madeBy: "S3, for a DeleteObject that names a version" },
    ...["files/some/", "held/some/file"].map((prefix) => ({
      action: "s3:ListBucketVersions",
      resources: ["bucket:files"],
      context: { "s3:prefix": prefix },
    })),
    { action: "s3:GetObject", resources: ["bucket:files/files/some"], madeBy: COPIES },
    { action: "s3:PutObject", resources: ["bucket:files/held/some"] },
    { action: "s3:ListBucket", resources: ["bucket:files"], madeBy: MISSING_OBJECT },
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
      ...onTable("usage", "PutItem", "UpdateItem"),
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
    { action: "cloudwatch:DescribeAlarms", resources: ["*"] },
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
    { action: "cloudwatch:GetMetricData", resources: ["*"] },
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
    ...onTable("control", "ConditionCheckItem", "PutItem", "DeleteItem").map((call) => ({
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
