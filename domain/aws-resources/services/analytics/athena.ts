import type { AwsService } from "../../rows/aws-resource-type.ts";
import {
  FREE,
  NO_QUERIES,
  PAID_BY_QUERIES,
  PART_OF_LISTED,
  READ_BY_SECOND_PLAN,
  SETTINGS_ONLY,
  STORED_ELSEWHERE,
} from "../../rows/exemption-reasons.ts";

export const ATHENA = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/athena/pricing/",
  },
  types: {
    aws_athena_named_query: {
      twin: { exempt: NO_QUERIES },
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["athena:CreateNamedQuery", "athena:DeleteNamedQuery"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_athena_workgroup: {
      twin: { exempt: NO_QUERIES },
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: {
        noun: "workgroup",
        service: "athena",
        target: "AmazonAthena.ListWorkGroups",
        list: "WorkGroups",
        name: "Name",
        only: /^sluice-/,
      },
      cost: { exempt: PAID_BY_QUERIES },
      deploy: ["athena:CreateWorkGroup", "athena:DeleteWorkGroup"],
      encryption: { exempt: STORED_ELSEWHERE },
    },
  },
} as const satisfies AwsService;
