import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { runbookLink } from "./runbook.ts";

/** One series of a catalogue metric. */
export interface MetricRef {
  readonly metric: MetricEntry;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Average`, `Sum`, `Minimum`, `Maximum` or `pNN`. */
  readonly statistic: string;
}

export interface AlarmProps {
  readonly name: string;
  /** The problem, in one sentence. */
  readonly says: string;
  /** Heading of its section in docs/operations.md, under "Alarms". */
  readonly page: string;
  /** The series; or several by id with an arithmetic expression over the ids. */
  readonly watches: MetricRef | { readonly expression: string; readonly series: Readonly<Record<string, MetricRef>> };
  readonly periodSeconds: number;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  readonly threshold: number;
  /** Evaluated periods. */
  readonly periods: number;
  /** How many of them must breach. @default - all */
  readonly breaches?: number;
  readonly missingData: "breaching" | "notBreaching";
  /** SNS topic that gets a message when the alarm goes into ALARM and when it is OK again. */
  readonly topicArn: string;
}

/** An alarm whose description has the problem and a link to the runbook. */
export function createAlarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm {
  return new CloudwatchMetricAlarm(scope, id, {
    alarmName: props.name,
    alarmDescription: `${props.says} See ${runbookLink(props.page)}`,
    comparisonOperator: props.comparison,
    threshold: props.threshold,
    evaluationPeriods: props.periods,
    datapointsToAlarm: props.breaches ?? props.periods,
    treatMissingData: props.missingData,
    alarmActions: [props.topicArn],
    okActions: [props.topicArn],
    ...watched(props),
  });
}

function watched({ watches, periodSeconds }: AlarmProps): Partial<CloudwatchMetricAlarmConfig> {
  if ("metric" in watches) {
    const { metric, statistic } = watches;
    return {
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: checkedDimensions(watches),
      period: periodSeconds,
      ...(statistic.startsWith("p") ? { extendedStatistic: statistic } : { statistic }),
    };
  }
  return {
    metricQuery: [
      { id: "result", expression: watches.expression, label: "Result", returnData: true },
      ...Object.entries(watches.series).map(([id, ref]) => ({
        id,
        returnData: false,
        metric: {
          namespace: ref.metric.namespace,
          metricName: ref.metric.name,
          dimensions: checkedDimensions(ref),
          period: periodSeconds,
          stat: ref.statistic,
        },
      })),
    ],
  };
}

/** @throws when the catalogue's metric has no series with exactly these dimensions, so that the alarm would have no data */
export function checkedDimensions({ metric, dimensions }: MetricRef): Record<string, string> {
  const names = Object.keys(dimensions).sort().join();
  if (metric.dimensions.some((set) => [...set].sort().join() === names)) return { ...dimensions };
  const known = metric.dimensions.map((set) => set.join(" + ")).join(", or ");
  throw new Error(`${metric.namespace} ${metric.name} is measured by ${known}; got ${names}.`);
}
