import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import type { AmortisedPools } from "../../contracts/usage/amortised-cost.ts";
import { USAGE_SEGMENTS_PREFIX } from "../../contracts/usage/usage-counter.ts";
import type { PoolSettings } from "../../settings/environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { UsageStore } from "./usage-store.ts";

export interface UsageCounterProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  /** Dimension of its metrics. */
  readonly environment: string;
  /** Path of the bundle, `count-usage.zip`. */
  readonly bundle: string;
  readonly store: UsageStore;
  readonly logRetentionDays: number;
  /** Customer key of the log. */
  readonly kmsKeyArn: string;
  /** The environment's pools, of which some have their instance cost shared among requests. @default - none */
  readonly pools?: Readonly<Record<string, Pick<PoolSettings, "cost" | "price">>>;
}

const READ_COSTS: PolicyStatement = {
  Sid: "ReadCosts",
  purpose: "The function reads what pools cost, which it shares among their requests.",
  Effect: "Allow",
  Action: ["cloudwatch:GetMetricData"],
  Resource: ["*"],
  reason: "The action knows no resources: AWS accepts nothing narrower.",
};

/** A run that looks for missed files takes 4 minutes at most, and the calls of the last file some more. */
const TIMEOUT_SECONDS = 300;

/** Adds the events of each file to the sums when S3 has written it, and each 15 minutes those of files that were missed. */
export class UsageCounter extends Construct {
  constructor(scope: Construct, id: string, props: UsageCounterProps) {
    super(scope, id);
    const { name, environment, bundle, store, logRetentionDays, kmsKeyArn, pools = {} } = props;
    const amortisedPools = amortisedPoolsOf(pools);
    const isAmortised = Object.keys(amortisedPools).length > 0;
    const { resource: lambda } = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: {
        [ENV.environment]: environment,
        [ENV.usageTable]: store.tableName,
        [ENV.usageBucket]: store.bucketName,
        ...(isAmortised ? { [ENV.amortisedPools]: JSON.stringify(amortisedPools) } : {}),
      },
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays,
      kmsKeyArn,
      statements: [...store.countStatements(), ...(isAmortised ? [READ_COSTS] : [])],
    });
    const mayNotify = new LambdaPermission(this, "MayBeNotified", {
      functionName: lambda.functionName,
      action: "lambda:InvokeFunction",
      principal: "s3.amazonaws.com",
      sourceArn: store.bucketArn,
    });
    new S3BucketNotification(this, "Written", {
      bucket: store.bucketName,
      lambdaFunction: [
        {
          lambdaFunctionArn: lambda.arn,
          events: ["s3:ObjectCreated:*"],
          filterPrefix: USAGE_SEGMENTS_PREFIX,
        },
      ],
      dependsOn: [mayNotify], // S3 tries the call before it takes the setting
    });
    scheduleFunction(this, lambda, {
      name,
      description: "Looks for files of usage events that were not counted.",
      expression: "rate(15 minutes)",
      ids: { rule: "Missed", permission: "MayBeScheduled" },
    });
  }
}

/** Those whose cost is shared, with the prices that weigh tokens. */
function amortisedPoolsOf(pools: NonNullable<UsageCounterProps["pools"]>): AmortisedPools {
  const amortised = Object.entries(pools).filter(([, { cost }]) => cost === "amortised");
  return Object.fromEntries(amortised.map(([name, { price }]) => [name, price ?? null]));
}
