import type { AwsService } from "../rows/aws-resource-type.ts";
import { CONNECTS_TWO, FREE, PART_OF_LISTED, SETTINGS_ONLY, STORED_ELSEWHERE } from "../rows/exemption-reasons.ts";

export const WAF = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/waf/pricing/",
  },
  types: {
    aws_wafv2_ip_set: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "IP set",
        service: "wafv2",
        target: "AWSWAF_20190729.ListIPSets",
        body: { Scope: "REGIONAL" },
        list: "IPSets",
        name: "Name",
      },
      cost: { exempt: FREE },
      deploy: ["wafv2:CreateIPSet", "wafv2:DeleteIPSet"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_wafv2_web_acl: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "web ACL",
        service: "wafv2",
        target: "AWSWAF_20190729.ListWebACLs",
        body: { Scope: "REGIONAL" },
        list: "WebACLs",
        name: "Name",
      },
      cost: { paidIn: ["WAF"] },
      deploy: ["wafv2:CreateWebACL", "wafv2:DeleteWebACL"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_wafv2_web_acl_association: {
      twin: "plugin",
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_wafv2_web_acl_logging_configuration: {
      twin: { exempt: "blocked requests are counted on this machine, and not logged" },
      applyTest: "assertion",
      leftovers: { exempt: PART_OF_LISTED },
      cost: {
        exempt: "CloudWatch charges by its records: those of a thousand blocked requests cost a tenth of a cent",
      },
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
      deploy: [
        "wafv2:PutLoggingConfiguration",
        "wafv2:DeleteLoggingConfiguration",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:PutResourcePolicy",
      ],
      encryption: { exempt: STORED_ELSEWHERE },
    },
  },
} as const satisfies AwsService;
