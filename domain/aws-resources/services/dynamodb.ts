import type { AwsService } from "../rows/aws-resource-type.ts";

export const DYNAMODB = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/dynamodb/pricing/",
  },
  types: {
    aws_dynamodb_table: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: { noun: "table", service: "dynamodb", target: "DynamoDB_20120810.ListTables", list: "TableNames" },
      cost: { paidIn: ["DynamoDB"] },
      deploy: ["dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:UpdateContinuousBackups"],
      encryption: { check: "table" },
      replacedBy: ["name", "hash_key", "range_key"],
    },
  },
} as const satisfies AwsService;
