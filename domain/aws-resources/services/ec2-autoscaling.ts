import type { AwsService } from "../rows/aws-resource-type.ts";
import { FREE, PART_OF_LISTED, RUN_BY_TWIN_TESTS, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

export const EC2_AUTOSCALING = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/ec2/autoscaling/pricing/",
  },
  types: {
    aws_autoscaling_group: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "Auto Scaling group",
        service: "autoscaling",
        action: "DescribeAutoScalingGroups",
        version: "2011-01-01",
        element: "AutoScalingGroupARN",
      },
      cost: { paidIn: ["GPU instances", "Gateways"] },
      deploy: [
        "autoscaling:CreateAutoScalingGroup",
        "autoscaling:DeleteAutoScalingGroup",
        "autoscaling:EnableMetricsCollection",
        "ec2:RunInstances",
        "iam:PassRole",
      ],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_autoscaling_lifecycle_hook: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["autoscaling:PutLifecycleHook", "autoscaling:DeleteLifecycleHook"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_autoscaling_policy: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["autoscaling:PutScalingPolicy", "autoscaling:DeletePolicy"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
