import type { AwsService } from "../rows/aws-resource-type.ts";
import { READ_BY_SECOND_PLAN, SETTINGS_ONLY, UNDER_A_CENT } from "../rows/exemption-reasons.ts";

export const BUDGETS = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/",
  },
  types: {
    aws_budgets_budget: {
      twin: { exempt: "nothing here costs money" },
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: {
        noun: "budget",
        service: "budgets",
        target: "AWSBudgetServiceGateway.DescribeBudgets",
        accountIdField: "AccountId",
        list: "Budgets",
        name: "BudgetName",
      },
      cost: { exempt: UNDER_A_CENT },
      deploy: ["budgets:ModifyBudget", "budgets:ViewBudget"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
