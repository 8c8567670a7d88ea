import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { USAGE_SEGMENTS_PREFIX } from "../../contracts/usage/usage-counter.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
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
}

/** A run that looks for missed files takes 4 minutes at most, and the calls of the last file some more. */
const TIMEOUT_SECONDS = 300;

/** Adds the events of each file to the sums when S3 has written it, and each 15 minutes those of files that were missed. */
export class UsageCounter extends Construct {
  constructor(scope: Construct, id: string, props: UsageCounterProps) {
    super(scope, id);
    const { name, environment, bundle, store, logRetentionDays, kmsKeyArn } = props;
    const { resource: lambda } = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: {
        [ENV.environment]: environment,
        [ENV.usageTable]: store.tableName,
        [ENV.usageBucket]: store.bucketName,
      },
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays,
      kmsKeyArn,
      statements: store.countStatements(),
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
