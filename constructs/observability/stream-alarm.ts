import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { AuditDestination } from "../audit/audit-delivery.ts";
import { createAlarm } from "./alarm.ts";
import { SIEM_DELAY_LIMIT_MINUTES } from "./alarm-limits.ts";

/** A delivery stream of audit events. */
export interface WatchedStream {
  readonly streamName: string;
  readonly to: AuditDestination["to"];
}

/** Firehose has a metric for each kind of destination. */
const DELAYS = {
  bucket: METRICS.siemDelayBucket,
  https: METRICS.siemDelayHttps,
  splunk: METRICS.siemDelaySplunk,
} as const;

export interface StreamAlarmProps {
  /** Start of the alarm's name. */
  readonly name: string;
  readonly topicArn: string;
}

/** The alarm of a SIEM that takes no events: the oldest one waits in the stream. */
export function createStreamAlarm(
  scope: Construct,
  { name, topicArn }: StreamAlarmProps,
  { streamName, to }: WatchedStream,
): CloudwatchMetricAlarm {
  return createAlarm(scope, "SiemNotTaking", {
    name: `${name}-siem-not-taking`,
    says: `For over ${SIEM_DELAY_LIMIT_MINUTES} minutes the SIEM, or the bucket for it, has taken no audit events.`,
    page: "SIEM takes no events",
    watches: { metric: DELAYS[to], dimensions: { DeliveryStreamName: streamName }, statistic: "Maximum" },
    periodSeconds: 300,
    comparison: "GreaterThanThreshold",
    threshold: SIEM_DELAY_LIMIT_MINUTES * 60,
    periods: 1,
    missingData: "notBreaching", // Firehose writes it while it delivers or tries to
    topicArn,
  });
}
