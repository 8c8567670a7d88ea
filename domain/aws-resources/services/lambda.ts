import type { AwsService } from "../rows/aws-resource-type.ts";
import { FREE, NO_PERMISSIONS, PART_OF_LISTED, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

export const LAMBDA = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/lambda/pricing/",
  },
  types: {
    aws_lambda_function: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "function",
        service: "lambda",
        path: "/2015-03-31/functions",
        list: "Functions",
        name: "FunctionName",
      },
      cost: { paidIn: ["Lambda"] },
      deploy: ["lambda:CreateFunction", "lambda:DeleteFunction", "iam:PassRole"],
      encryption: { exempt: "its environment variables name tables and plans, and no secret; the code is public" },
    },
    aws_lambda_permission: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: "assertion",
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["lambda:AddPermission", "lambda:RemovePermission"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
