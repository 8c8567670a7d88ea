import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import type { Construct } from "constructs";

export interface ScheduleProps {
  /** Name of the rule. */
  readonly name: string;
  readonly description: string;
  /** `rate(…)` or `cron(…)`, as EventBridge has them. */
  readonly expression: string;
  /** Ids of rule and permission in the scope: part of the resources' addresses, which must not move. */
  readonly ids: { readonly rule: string; readonly permission: string };
}

/** Calls a function by EventBridge's schedule. The resources are children of the scope itself. */
export function scheduleFunction(
  scope: Construct,
  lambda: LambdaFunction,
  { name, description, expression, ids }: ScheduleProps,
): void {
  const rule = new CloudwatchEventRule(scope, ids.rule, { name, description, scheduleExpression: expression });
  new LambdaPermission(scope, ids.permission, {
    functionName: lambda.functionName,
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    sourceArn: rule.arn,
  });
  new CloudwatchEventTarget(scope, "Target", { rule: rule.name, arn: lambda.arn });
}
