import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
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
    scheduleFunction(this, this.resource.resource, {
      name,
      description: "The last hour's cost; five minutes past, when its metrics are in.",
      expression: "cron(5 * * * ? *)",
      ids: { rule: "Hourly", permission: "MayBeCalled" },
    });
  }
}
