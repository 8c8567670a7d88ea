import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment/index.js";
import type { Construct } from "constructs";
import type { BundledFunction } from "../compute/bundled-function.ts";

/** What every function behind the gateways' load balancer is made from. */
export interface RoutedFunctionProps {
  /** Name of function, role and log group. */
  readonly name: string;
  /** Path of the function's bundle. */
  readonly bundle: string;
  /** HTTPS listener of the gateways. */
  readonly listenerArn: string;
  /** Stage of API Gateway, which it puts before the path. @default - API Gateway is not the entry */
  readonly stage?: string | undefined;
  readonly logRetentionDays: number;
  /** Customer key of the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
}

export interface FunctionRouteProps extends Pick<RoutedFunctionProps, "name" | "listenerArn" | "stage"> {
  readonly handler: BundledFunction;
  /** Patterns of the paths, at most five; `*` stands for any characters. */
  readonly paths: readonly string[];
}

/**
 * Makes a listener send the requests of some paths to a function, and lets it invoke the function.
 * @returns the function's target group, for further paths
 */
export function routeToFunction(scope: Construct, props: FunctionRouteProps): LbTargetGroup {
  const { name } = props;
  const lambda = props.handler.resource;
  const targets = new LbTargetGroup(scope, "Targets", {
    targetType: "lambda",
    lambdaMultiValueHeadersEnabled: true, // parameters and headers may come several times
    tags: { Name: name },
  });
  const permission = new LambdaPermission(scope, "Permission", {
    functionName: lambda.functionName,
    action: "lambda:InvokeFunction",
    principal: "elasticloadbalancing.amazonaws.com",
    sourceArn: targets.arn,
  });
  new LbTargetGroupAttachment(scope, "Attachment", {
    targetGroupArn: targets.arn,
    targetId: lambda.arn,
    dependsOn: [permission], // the load balancer may register a function only once it may invoke it
  });
  routeToTargets(scope, "Rule", { ...props, targets });
  return targets;
}

export interface TargetsRouteProps extends Pick<FunctionRouteProps, "listenerArn" | "stage" | "paths"> {
  readonly targets: LbTargetGroup;
}

/** Makes a listener send the requests of some paths to a function that it may invoke already. */
export function routeToTargets(scope: Construct, id: string, props: TargetsRouteProps): void {
  const { listenerArn, paths, stage, targets } = props;
  const start = stage === undefined ? "" : `/${stage}`;
  // No priority: AWS takes the next free one.
  new LbListenerRule(scope, id, {
    listenerArn,
    condition: [{ pathPattern: { values: paths.map((path) => `${start}${path}`) } }],
    action: [{ type: "forward", targetGroupArn: targets.arn }],
  });
}
