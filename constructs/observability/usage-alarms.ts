import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { createAlarm } from "./alarm.ts";
import { USAGE_WAIT_LIMIT_SECONDS } from "./alarm-limits.ts";

export interface UsageAlarmsProps {
  /** Start of the alarms' names. */
  readonly name: string;
  /** Dimension of our own metrics. */
  readonly environment: string;
  readonly topicArn: string;
}

const MINUTE = 60;
/** The function looks for missed files each 15 minutes, and writes a value each time. */
const SEARCH_SECONDS = 900;

/** An alarm of generations of opted-in projects that are not stored. */
export function createHistoryAlarm(
  scope: Construct,
  { name, environment: Environment, topicArn }: UsageAlarmsProps,
): CloudwatchMetricAlarm {
  return createAlarm(scope, "HistoryLost", {
    name: `${name}-history-lost`,
    says: "A gateway could not store a generation of a project that opted in: it is lost.",
    page: "History lost",
    watches: { metric: METRICS.historyLost, dimensions: { Environment }, statistic: "Sum" },
    periodSeconds: MINUTE,
    comparison: "GreaterThanThreshold",
    threshold: 0,
    periods: 1,
    missingData: "notBreaching", // it is written only when there is one
    topicArn,
  });
}

/** Alarms of usage events that wait on a gateway's disk, that are lost, or that are not in the sums. */
export function createUsageAlarms(
  scope: Construct,
  { name, environment: Environment, topicArn }: UsageAlarmsProps,
): readonly CloudwatchMetricAlarm[] {
  return [
    createAlarm(scope, "UsageNotShipped", {
      name: `${name}-usage-not-shipped`,
      says: "For 15 minutes a gateway could not write usage events to their bucket.",
      page: "Usage events not shipped",
      watches: { metric: METRICS.usageWaiting, dimensions: { Environment }, statistic: "Maximum" },
      periodSeconds: MINUTE,
      comparison: "GreaterThanThreshold",
      threshold: USAGE_WAIT_LIMIT_SECONDS,
      periods: 1,
      missingData: "notBreaching",
      topicArn,
    }),
    createAlarm(scope, "UsageLost", {
      name: `${name}-usage-lost`,
      says: "A gateway could not write usage events to its disk: they are lost.",
      page: "Usage events lost",
      watches: { metric: METRICS.usageLost, dimensions: { Environment }, statistic: "Sum" },
      periodSeconds: MINUTE,
      comparison: "GreaterThanThreshold",
      threshold: 0,
      periods: 1,
      missingData: "notBreaching",
      topicArn,
    }),
    createAlarm(scope, "UsageNotCounted", {
      name: `${name}-usage-not-counted`,
      says: "For half an hour files of usage events were not counted.",
      page: "Usage events not counted",
      // A run that Lambda repeats writes a second value: one that counted everything is enough.
      watches: { metric: METRICS.usageUncounted, dimensions: { Environment }, statistic: "Minimum" },
      periodSeconds: SEARCH_SECONDS,
      comparison: "GreaterThanThreshold",
      threshold: 0,
      periods: 2,
      missingData: "breaching", // each run writes a value: none ran, or none reached its end
      topicArn,
    }),
  ];
}
