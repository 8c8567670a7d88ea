import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { createAlarm } from "./alarm.ts";

/** A scheduled function whose runs fail one after the other. */
export interface WatchedFunction {
  /** `erasures`: work of the control API that goes on by itself; `notices`: mails and webhooks; `parquet`: usage events for Athena; `stripe`: meter events; `stream`: audit events for a SIEM. */
  readonly does: keyof typeof FUNCTIONS;
  readonly functionName: string;
}

const FUNCTIONS = {
  // It runs each minute. Requests that fail are no errors of the function.
  erasures: {
    id: "ErasuresNotFinished",
    end: "erasures-not-finished",
    says: "For ten minutes erasures that were begun did not go on.",
    page: "Erasures not finished",
    periodSeconds: 300,
  },
  // It runs each minute.
  notices: {
    id: "NoticesNotSent",
    end: "notices-not-sent",
    says: "For ten minutes mails of budgets and spend alerts, or webhooks, were not sent.",
    page: "Notices not sent",
    periodSeconds: 300,
  },
  // It runs each hour.
  parquet: {
    id: "UsageNotInParquet",
    end: "usage-not-in-parquet",
    says: "For two hours usage events were not written as Parquet, so that Athena lacks them.",
    page: "Usage events not in Parquet",
    periodSeconds: 3600,
  },
  // It runs each hour.
  stripe: {
    id: "UsageNotInStripe",
    end: "usage-not-in-stripe",
    says: "For two hours usage was not reported to Stripe.",
    page: "Usage not in Stripe",
    periodSeconds: 3600,
  },
  // It runs each minute, and seals too.
  stream: {
    id: "AuditNotStreamed",
    end: "audit-not-streamed",
    says: "For ten minutes audit events were not given to the stream for the SIEM.",
    page: "Audit events not streamed",
    periodSeconds: 300,
  },
} as const;

export interface FunctionAlarmsProps {
  /** Start of the alarms' names. */
  readonly name: string;
  readonly topicArn: string;
}

/** Alarms of functions that fail in two periods in a row: Lambda repeats a single failure by itself. */
export function createFunctionAlarms(
  scope: Construct,
  { name, topicArn }: FunctionAlarmsProps,
  functions: readonly WatchedFunction[],
): readonly CloudwatchMetricAlarm[] {
  return functions.map(({ does, functionName: FunctionName }) => {
    const { id, end, says, page, periodSeconds } = FUNCTIONS[does];
    return createAlarm(scope, id, {
      name: `${name}-${end}`,
      says,
      page,
      watches: { metric: METRICS.functionErrors, dimensions: { FunctionName }, statistic: "Sum" },
      periodSeconds,
      comparison: "GreaterThanThreshold",
      threshold: 0,
      periods: 2,
      missingData: "notBreaching", // Lambda writes it when the function runs
      topicArn,
    });
  });
}
