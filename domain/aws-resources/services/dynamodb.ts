import type { AwsService } from "../rows/aws-resource-type.ts";

export const DYNAMODB = {
  types: {
    aws_dynamodb_table: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: { noun: "table", service: "dynamodb", target: "DynamoDB_20120810.ListTables", list: "TableNames" },
      cost: { paidIn: ["DynamoDB"] },
      deploy: ["dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:UpdateContinuousBackups"],
      encryption: { check: "table" },
    },
  },
} as const satisfies AwsService;
