import type { AwsService } from "../rows/aws-resource-type.ts";
import { RUN_BY_TWIN_TESTS, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

const API = "2010-08-01";

export const CLOUDWATCH = {
  sources: {
    actions: [
      "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html",
      "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html",
    ],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  types: {
    aws_cloudwatch_composite_alarm: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: {
        noun: "composite alarm",
        service: "monitoring",
        action: "DescribeAlarms",
        version: API,
        fields: { "AlarmTypes.member.1": "CompositeAlarm" },
        element: "AlarmName",
      },
      cost: { paidIn: ["CloudWatch"] },
      deploy: ["cloudwatch:PutCompositeAlarm", "cloudwatch:DeleteAlarms"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_cloudwatch_dashboard: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "dashboard",
        service: "monitoring",
        action: "ListDashboards",
        version: API,
        element: "DashboardName",
      },
      cost: { paidIn: ["CloudWatch"] },
      deploy: ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_cloudwatch_log_group: {
      twin: { exempt: "logs are files under .sluice/logs" },
      applyTest: "assertion",
      leftovers: {
        noun: "log group",
        service: "logs",
        target: "Logs_20140328.DescribeLogGroups",
        list: "logGroups",
        name: "logGroupName",
      },
      cost: { paidIn: ["CloudWatch"] },
      deploy: ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"],
      encryption: { keyIn: "kms_key_id" },
    },
    aws_cloudwatch_metric_alarm: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: { noun: "alarm", service: "monitoring", action: "DescribeAlarms", version: API, element: "AlarmName" },
      cost: { paidIn: ["CloudWatch"] },
      deploy: ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
