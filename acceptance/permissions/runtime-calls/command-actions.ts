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
