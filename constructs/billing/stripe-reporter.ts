import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { Construct } from "constructs";
import type { StripeBilling } from "../../contracts/billing/stripe.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { BundledFunction } from "../compute/bundled-function.ts";
import { scheduleFunction } from "../compute/schedule-function.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { UsageStore } from "../data/usage-store.ts";
import { secretArn } from "../identity/secret-arn.ts";

export interface StripeReporterProps {
  /** Name of function, role, rule and log group. */
  readonly name: string;
  /** Path of the bundle, `report-stripe.zip`. */
  readonly bundle: string;
  /** Of a secret that is named without an ARN. */
  readonly region: string;
  readonly stripe: StripeBilling;
  /** Has the customers of projects. */
  readonly table: ControlTable;
  readonly usageStore: UsageStore;
  /** Id of the operator's organisation. */
  readonly organization: string;
  readonly logRetentionDays: number;
  /** Customer key of the log. */
  readonly kmsKeyArn: string;
}

/** A run sends for 4 minutes at most, and the last events take up to 10 seconds. */
const TIMEOUT_SECONDS = 300;
/** Twenty minutes after an hour's end its usage is counted. */
const SCHEDULE = "cron(20 * * * ? *)";

/** Reports the usage of each hour to Stripe. */
export class StripeReporter extends Construct {
  constructor(scope: Construct, id: string, props: StripeReporterProps) {
    super(scope, id);
    const { name, bundle, region, stripe, table, usageStore, organization, logRetentionDays, kmsKeyArn } = props;
    const { accountId } = new DataAwsCallerIdentity(this, "Account", {});
    const { resource: lambda } = new BundledFunction(this, "Function", {
      name,
      bundle,
      environment: {
        [ENV.controlTable]: table.tableName,
        [ENV.usageTable]: usageStore.tableName,
        [ENV.organization]: organization,
        [ENV.stripe]: JSON.stringify(stripe),
        [ENV.stripeSource]: `${accountId}:${region}:${name}`,
      },
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays,
      kmsKeyArn,
      statements: [
        table.billingStatement(),
        ...usageStore.stripeStatements(),
        {
          Sid: "ReadStripeKey",
          purpose: "The function calls Stripe with its key.",
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue"],
          Resource: [secretArn(stripe.secretId, region, accountId)],
          reason: "Secrets Manager ends an ARN with six characters of its own.",
        },
      ],
    });
    scheduleFunction(this, lambda, {
      name,
      description: "Reports the usage of the last hour to Stripe.",
      expression: SCHEDULE,
      ids: { rule: "Hourly", permission: "MayBeCalled" },
    });
  }
}
