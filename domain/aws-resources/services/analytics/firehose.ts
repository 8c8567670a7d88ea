import type { AwsService } from "../../rows/aws-resource-type.ts";
import { NO_APPLIED_ENVIRONMENT, PAID_BY_AUDIT_EVENTS } from "../../rows/exemption-reasons.ts";

export const FIREHOSE = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisfirehose.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/firehose/pricing/",
  },
  types: {
    aws_kinesis_firehose_delivery_stream: {
      twin: "plugin",
      applyTest: { exempt: NO_APPLIED_ENVIRONMENT },
      leftovers: {
        noun: "delivery stream",
        service: "firehose",
        target: "Firehose_20150804.ListDeliveryStreams",
        list: "DeliveryStreamNames",
        only: /^sluice-/,
      },
      cost: { exempt: PAID_BY_AUDIT_EVENTS },
      deploy: ["firehose:CreateDeliveryStream", "firehose:DeleteDeliveryStream"],
      encryption: { check: "delivery-stream" },
    },
  },
} as const satisfies AwsService;
