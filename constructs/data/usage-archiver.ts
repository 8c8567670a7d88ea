import { Construct } from "constructs";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
import type { UsageStore } from "./usage-store.ts";

export interface UsageArchiverProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  /** Path of the bundle, `archive-usage.zip`. */
  readonly bundle: string;
  readonly store: UsageStore;
  readonly logRetentionDays: number;
  /** Customer key of the log. */
  readonly kmsKeyArn: string;
}

/** A run writes for 4 minutes at most, and the file that it has begun. */
const TIMEOUT_SECONDS = 300;
/** 100,000 events as objects, and a file of 200,000. */
const MEMORY_MB = 1024;
/** Ten minutes after an hour its segments are there, and five more are for slow uploads. */
const SCHEDULE = "cron(15 * * * ? *)";

/** Writes the usage events of each hour as Parquet, once it is over. */
export class UsageArchiver extends Construct {
  constructor(scope: Construct, id: string, props: UsageArchiverProps) {
    super(scope, id);
    const { name, bundle, store, logRetentionDays, kmsKeyArn } = props;
    const { resource: lambda } = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: { [ENV.usageBucket]: store.bucketName },
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: MEMORY_MB,
      logRetentionDays,
      kmsKeyArn,
      statements: store.archiveStatements(),
    });
    scheduleFunction(this, lambda, {
      name,
      description: "Writes usage events of the last hour as Parquet.",
      expression: SCHEDULE,
      ids: { rule: "Hourly", permission: "MayBeScheduled" },
    });
  }
}
