import { type Attributes, blocks, isTrue, siblings } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Types that have the key in one attribute. */
const KEY_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_group: "kms_key_id",
  aws_ebs_volume: "kms_key_id",
  aws_elasticache_replication_group: "kms_key_id",
  aws_secretsmanager_secret: "kms_key_id",
  aws_sns_topic: "kms_master_key_id",
  aws_sqs_queue: "kms_master_key_id",
};

/** Whatever keeps data is encrypted with a key of the customer's own, whose policy and log say who read it. */
export const customerKey: PolicyRule = { name: "customer-key", check };

function check(resource: PolicyResource, stack: readonly PolicyResource[]): string | undefined {
  const { type, attributes } = resource;
  const attribute = KEY_ATTRIBUTES[type];
  if (attribute !== undefined)
    return isCustomerKey(attributes[attribute])
      ? undefined
      : `is not encrypted with a customer key; set ${attribute} to the ARN of the environment's EncryptionKey`;
  if (type === "aws_dynamodb_table") {
    const [encryption] = blocks(attributes.server_side_encryption);
    return isTrue(encryption?.enabled) && isCustomerKey(encryption?.kms_key_arn)
      ? undefined
      : "is not encrypted with a customer key; set server_side_encryption with enabled and kms_key_arn";
  }
  if (type === "aws_s3_bucket") {
    const settings = siblings(stack, "aws_s3_bucket_server_side_encryption_configuration", "bucket", resource);
    return settings.some((setting) => blocks(setting.attributes.rule).some(encryptsWithCustomerKey))
      ? undefined
      : "is not encrypted with a customer key; make it a PrivateBucket with kmsKeyArn";
  }
  if (type === "aws_launch_template") {
    const disks = blocks(attributes.block_device_mappings).flatMap(({ ebs }) => blocks(ebs));
    return disks.length > 0 &&
      disks.every(({ encrypted, kms_key_id }) => isTrue(encrypted) && isCustomerKey(kms_key_id))
      ? undefined
      : "launches volumes that are not encrypted with a customer key; set encrypted and kms_key_id of each volume";
  }
  return undefined;
}

function encryptsWithCustomerKey({ apply_server_side_encryption_by_default: defaults }: Attributes): boolean {
  return blocks(defaults).some(
    ({ sse_algorithm, kms_master_key_id }) => sse_algorithm === "aws:kms" && isCustomerKey(kms_master_key_id),
  );
}

/** `alias/aws/…` is AWS's own key for a service: nobody here can close it. */
function isCustomerKey(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("alias/aws/");
}
