import type { AwsService } from "../rows/aws-resource-type.ts";
import {
  CONNECTS_TWO,
  FREE,
  NO_LOCAL_ENCRYPTION,
  READ_BY_SECOND_PLAN,
  SETTINGS_ONLY,
} from "../rows/exemption-reasons.ts";

export const KMS = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/kms/pricing/",
  },
  types: {
    aws_kms_alias: {
      twin: { exempt: NO_LOCAL_ENCRYPTION },
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: {
        noun: "key alias",
        service: "kms",
        target: "TrentService.ListAliases",
        list: "Aliases",
        name: "AliasName",
        only: /^(?!alias\/aws\/)/,
      },
      cost: { exempt: FREE },
      deploy: ["kms:CreateAlias", "kms:DeleteAlias"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_kms_key: {
      twin: "plugin",
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: { exempt: "AWS keeps a deleted key for the days of its waiting period" },
      cost: { paidIn: ["KMS"] },
      deploy: ["kms:CreateKey", "kms:EnableKeyRotation", "kms:ScheduleKeyDeletion"],
      encryption: { exempt: SETTINGS_ONLY },
      replacedBy: ["key_usage", "customer_master_key_spec", "multi_region", "custom_key_store_id"],
    },
  },
} as const satisfies AwsService;
