import type { AwsService } from "../rows/aws-resource-type.ts";
import { FREE, NO_APPLIED_ENVIRONMENT, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

export const ROUTE53 = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/route53/pricing/",
  },
  types: {
    aws_route53_record: {
      twin: { exempt: "names are loopback addresses" },
      applyTest: { exempt: NO_APPLIED_ENVIRONMENT },
      leftovers: { exempt: NO_APPLIED_ENVIRONMENT },
      cost: { exempt: FREE },
      deploy: ["route53:ChangeResourceRecordSets"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
