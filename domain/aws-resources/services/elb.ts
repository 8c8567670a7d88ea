import type { AwsService } from "../rows/aws-resource-type.ts";
import {
  FREE,
  NOTHING_STORED,
  PAID_WITH_ITS_RESOURCE,
  PART_OF_LISTED,
  RUN_BY_TWIN_TESTS,
  SETTINGS_ONLY,
} from "../rows/exemption-reasons.ts";

const API = "2015-12-01";

export const ELB = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/elasticloadbalancing/pricing/",
  },
  types: {
    aws_lb: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "load balancer",
        service: "elasticloadbalancing",
        action: "DescribeLoadBalancers",
        version: API,
        element: "LoadBalancerName",
      },
      cost: { paidIn: ["Load balancer"] },
      deploy: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DeleteLoadBalancer"],
      encryption: { exempt: NOTHING_STORED },
    },
    aws_lb_listener: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: PAID_WITH_ITS_RESOURCE },
      deploy: ["elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteListener"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_lb_listener_rule: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: PAID_WITH_ITS_RESOURCE },
      deploy: ["elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_lb_target_group: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "target group",
        service: "elasticloadbalancing",
        action: "DescribeTargetGroups",
        version: API,
        element: "TargetGroupName",
      },
      cost: { exempt: FREE },
      deploy: ["elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteTargetGroup"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_lb_target_group_attachment: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
