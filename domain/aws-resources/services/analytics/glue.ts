import type { AwsService } from "../../rows/aws-resource-type.ts";
import { FREE, NO_QUERIES, PART_OF_LISTED, READ_BY_SECOND_PLAN, SETTINGS_ONLY } from "../../rows/exemption-reasons.ts";

export const GLUE = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/glue/pricing/",
  },
  types: {
    aws_glue_catalog_database: {
      twin: { exempt: NO_QUERIES },
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: {
        noun: "database",
        service: "glue",
        target: "AWSGlue.GetDatabases",
        list: "DatabaseList",
        name: "Name",
        only: /^sluice_/,
      },
      cost: { exempt: FREE },
      deploy: ["glue:CreateDatabase", "glue:DeleteDatabase"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_glue_catalog_table: {
      twin: { exempt: NO_QUERIES },
      applyTest: { exempt: READ_BY_SECOND_PLAN },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["glue:CreateTable", "glue:DeleteTable"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
