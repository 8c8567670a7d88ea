import type { AwsService } from "../rows/aws-resource-type.ts";
import { PART_OF_LISTED, RUN_BY_TWIN_TESTS, SETTINGS_ONLY, UNDER_A_CENT } from "../rows/exemption-reasons.ts";

export const EVENTS = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/eventbridge/pricing/",
  },
  types: {
    aws_cloudwatch_event_rule: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: { noun: "event rule", service: "events", target: "AWSEvents.ListRules", list: "Rules", name: "Name" },
      cost: { exempt: UNDER_A_CENT },
      deploy: ["events:PutRule", "events:DeleteRule"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_cloudwatch_event_target: {
      twin: "plugin",
      applyTest: { exempt: RUN_BY_TWIN_TESTS },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: UNDER_A_CENT },
      deploy: ["events:PutTargets", "events:RemoveTargets"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
