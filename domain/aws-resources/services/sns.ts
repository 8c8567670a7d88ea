import type { AwsService } from "../rows/aws-resource-type.ts";
import {
  CONNECTS_TWO,
  FREE,
  NO_MAIL,
  NO_PERMISSIONS,
  PART_OF_LISTED,
  READ_BY_SECOND_PLAN,
  SETTINGS_ONLY,
  UNDER_A_CENT,
} from "../rows/exemption-reasons.ts";

export const SNS = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/sns/pricing/",
  },
  types: {
    aws_sns_topic: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: { noun: "topic", service: "sns", action: "ListTopics", version: "2010-03-31", element: "TopicArn" },
      cost: { exempt: UNDER_A_CENT },
      deploy: ["sns:CreateTopic", "sns:DeleteTopic"],
      encryption: { keyIn: "kms_master_key_id" },
    },
    aws_sns_topic_policy: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["sns:SetTopicAttributes"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_sns_topic_subscription: {
      twin: { exempt: NO_MAIL },
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: UNDER_A_CENT },
      deploy: ["sns:Subscribe", "sns:Unsubscribe"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
