import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { costRates } from "./cost-rates.ts";

export interface CostPublisherProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  /** Path of the bundle, `publish-cost.zip`. */
  readonly bundle: string;
  readonly environment: CostEnvironment;
  readonly logRetentionDays: number;
  /** Customer key of the log. */
  readonly kmsKeyArn: string;
}

/** Publishes every hour the cost of the last hour: instances and requests at their prices. */
export class CostPublisher extends Construct {
  readonly resource: BundledFunction;

  constructor(scope: Construct, id: string, props: CostPublisherProps) {
    super(scope, id);
    const { name, bundle, environment, logRetentionDays, kmsKeyArn } = props;
    this.resource = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: { [ENV.costs]: JSON.stringify(costRates(environment)) },
      timeoutSeconds: 30, // two calls to AWS, each of a second or two
      logRetentionDays,
      kmsKeyArn,
      statements: [
        {
          Sid: "CountHours",
          purpose: "It reads the hours of instances and the requests of models, whose cost it publishes.",
          Effect: "Allow",
          Action: ["ec2:DescribeInstances", "cloudwatch:GetMetricData"],
          Resource: ["*"],
          reason: "Neither action knows resources: AWS accepts nothing narrower.",
        },
      ],
    });
    const rule = new CloudwatchEventRule(this, "Hourly", {
      name,
      description: "The last hour's cost; five minutes past, when its metrics are in.",
      scheduleExpression: "cron(5 * * * ? *)",
    });
    new LambdaPermission(this, "MayBeCalled", {
      functionName: this.resource.resource.functionName,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(this, "Target", { rule: rule.name, arn: this.resource.resource.arn });
  }
}
