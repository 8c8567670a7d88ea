import { AWS_RESOURCE_TYPES } from "../../domain/aws-resources/aws-resources.ts";
import type { EncryptionCheck } from "../../domain/aws-resources/rows/aws-resource-type.ts";
import { type Attributes, blocks, isTrue, siblings } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

type Check = PolicyRule["check"];

/** Checks of types whose key is in no attribute of their own. */
const OWN_CHECKS: Readonly<Record<Extract<EncryptionCheck, { check: string }>["check"], Check>> = {
  bucket: checkBucket,
  "delivery-stream": checkDeliveryStream,
  "launch-template": checkLaunchTemplate,
  table: checkTable,
};

/** Types that store data and that no stack has yet: the first must be encrypted too. */
const NOT_YET_USED: Readonly<Record<string, EncryptionCheck>> = {
  aws_ebs_volume: { keyIn: "kms_key_id" },
  aws_secretsmanager_secret: { keyIn: "kms_key_id" },
  aws_sqs_queue: { keyIn: "kms_master_key_id" },
};

/** The check of each type that stores data: its data must be encrypted with a customer key. */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ...Object.entries(NOT_YET_USED).map(([type, encryption]) => [type, checkOf(encryption)] as const),
  ...Object.entries(AWS_RESOURCE_TYPES).flatMap(([type, { encryption }]) =>
    "exempt" in encryption ? [] : [[type, checkOf(encryption)] as const],
  ),
]);

/** Stored data is encrypted with a customer key, whose policy and log show who can read and who has read it. */
export const customerKey: PolicyRule = {
  name: "customer-key",
  check: (resource, stack) => CHECKS.get(resource.type)?.(resource, stack),
};

function checkOf(encryption: EncryptionCheck): Check {
  return "keyIn" in encryption ? keyIn(encryption.keyIn) : OWN_CHECKS[encryption.check];
}

/** For types that have the key in one attribute. */
function keyIn(attribute: string): Check {
  return ({ attributes }) =>
    isCustomerKey(attributes[attribute])
      ? undefined
      : `is not encrypted with a customer key; set ${attribute} to the ARN of the environment's EncryptionKey`;
}

function checkDeliveryStream({ attributes }: PolicyResource): string | undefined {
  const [encryption] = blocks(attributes.server_side_encryption);
  return isTrue(encryption?.enabled) && isCustomerKey(encryption?.key_arn)
    ? undefined
    : "is not encrypted with a customer key; set server_side_encryption with enabled, key_type and key_arn";
}

function checkTable({ attributes }: PolicyResource): string | undefined {
  const [encryption] = blocks(attributes.server_side_encryption);
  return isTrue(encryption?.enabled) && isCustomerKey(encryption?.kms_key_arn)
    ? undefined
    : "is not encrypted with a customer key; set server_side_encryption with enabled and kms_key_arn";
}

function checkBucket(resource: PolicyResource, stack: readonly PolicyResource[]): string | undefined {
  const settings = siblings(stack, "aws_s3_bucket_server_side_encryption_configuration", "bucket", resource);
  return settings.some((setting) => blocks(setting.attributes.rule).some(encryptsWithCustomerKey))
    ? undefined
    : "is not encrypted with a customer key; make it a PrivateBucket with kmsKeyArn";
}

function checkLaunchTemplate({ attributes }: PolicyResource): string | undefined {
  const disks = blocks(attributes.block_device_mappings).flatMap(({ ebs }) => blocks(ebs));
  return disks.length > 0 && disks.every(({ encrypted, kms_key_id }) => isTrue(encrypted) && isCustomerKey(kms_key_id))
    ? undefined
    : "launches volumes that are not encrypted with a customer key; set encrypted and kms_key_id of each volume";
}

function encryptsWithCustomerKey({ apply_server_side_encryption_by_default: defaults }: Attributes): boolean {
  return blocks(defaults).some(
    ({ sse_algorithm, kms_master_key_id }) => sse_algorithm === "aws:kms" && isCustomerKey(kms_master_key_id),
  );
}

/** `alias/aws/…` is AWS's own key for a service: its policy can't be changed. */
function isCustomerKey(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("alias/aws/");
}
