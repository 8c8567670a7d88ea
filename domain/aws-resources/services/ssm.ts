import type { AwsService } from "../rows/aws-resource-type.ts";
import { FREE, NO_APPLIED_ENVIRONMENT, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

export const SSM = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/systems-manager/pricing/",
  },
  types: {
    aws_ssm_document: {
      twin: { exempt: "an instance is a process of this machine, on which you have a shell already" },
      applyTest: { exempt: NO_APPLIED_ENVIRONMENT },
      leftovers: { exempt: NO_APPLIED_ENVIRONMENT },
      cost: { exempt: FREE },
      deploy: ["ssm:CreateDocument", "ssm:DeleteDocument"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
