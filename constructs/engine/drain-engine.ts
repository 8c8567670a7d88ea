import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { TERMINATE_EVENT, TERMINATE_HOOK } from "../../contracts/processes/engine-drain.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import type { EnginePool } from "./engine-pool.ts";

export interface DrainEngineProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  /** Path of the bundle, `drain-engine.zip`. */
  readonly bundle: string;
  readonly pools: readonly Pick<EnginePool, "groupName" | "groupArn" | "targetGroupArn">[];
  /** Longest time that an engine's requests may take to end. */
  readonly drainSeconds: number;
  readonly subnetIds: readonly string[];
  /** A security group that may reach engines and the endpoints of AWS services: the gateways' own. */
  readonly securityGroupId: string;
  readonly logRetentionDays: number;
  /** Customer key of the log. */
  readonly kmsKeyArn: string;
}

/** Lambda's own limit. */
const MAX_TIMEOUT_SECONDS = 900;
/** Beside the drain itself: a cold start in a network, three AWS calls. */
const MARGIN_SECONDS = 60;

/**
 * Removes an engine that Auto Scaling is about to terminate from routing and waits for its streams. The load balancer's
 * own draining does not see them: gateways call engines directly.
 */
export class DrainEngine extends Construct {
  constructor(scope: Construct, id: string, props: DrainEngineProps) {
    super(scope, id);
    const { name, pools } = props;
    const drain = new BundledFunction(this, "Function", {
      name,
      bundle: props.bundle,
      environment: {},
      // A drain that takes longer fails on purpose; Lambda calls the function again, and it continues.
      timeoutSeconds: Math.min(MAX_TIMEOUT_SECONDS, props.drainSeconds + MARGIN_SECONDS),
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
      network: { subnetIds: props.subnetIds, securityGroupId: props.securityGroupId },
      statements: [
        {
          Sid: "FindEngine",
          purpose: "It finds the ending engine's address and whether its requests have ended.",
          Effect: "Allow",
          Action: ["elasticloadbalancing:DescribeTargetHealth", "ec2:DescribeInstances"],
          Resource: ["*"],
          reason: "Neither action knows resources: AWS accepts nothing narrower.",
        },
        {
          Sid: "TakeOutOfRouting",
          purpose: "An engine that ends gets no further requests.",
          Effect: "Allow",
          Action: ["elasticloadbalancing:DeregisterTargets"],
          Resource: pools.map(({ targetGroupArn }) => targetGroupArn),
        },
        {
          Sid: "LetGo",
          purpose: "The instance may end once its requests have ended.",
          Effect: "Allow",
          Action: ["autoscaling:CompleteLifecycleAction"],
          Resource: pools.map(({ groupArn }) => groupArn),
        },
      ],
    });
    const rule = new CloudwatchEventRule(this, "Rule", {
      name,
      description: "An engine shall end",
      eventPattern: JSON.stringify({
        source: ["aws.autoscaling"],
        "detail-type": [TERMINATE_EVENT],
        detail: {
          AutoScalingGroupName: pools.map(({ groupName }) => groupName),
          LifecycleHookName: [TERMINATE_HOOK],
        },
      }),
    });
    new CloudwatchEventTarget(this, "Target", { rule: rule.name, arn: drain.resource.arn });
    new LambdaPermission(this, "Permission", {
      functionName: drain.resource.functionName,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
  }
}
