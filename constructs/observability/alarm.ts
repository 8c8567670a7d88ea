import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Construct } from "constructs";
import type { MetricEntry } from "../../contracts/metrics/catalogue.ts";
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
  /** What is wrong when it rings, in one sentence. */
  readonly says: string;
  /** Heading of its page in docs/operations.md, under "Alarms". */
  readonly page: string;
  /** The series; or several by id with an arithmetic expression over the ids. */
  readonly watches: MetricRef | { readonly expression: string; readonly series: Readonly<Record<string, MetricRef>> };
  readonly periodSeconds: number;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  readonly threshold: number;
  /** Periods looked at. */
  readonly periods: number;
  /** How many of them must breach. @default - all */
  readonly breaches?: number;
  readonly missingData: "breaching" | "notBreaching";
  /** SNS topic that gets a message when the alarm goes into ALARM and when it is OK again. */
  readonly topicArn: string;
}

/** An alarm whose description says what is wrong and where to read on. */
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

/** @throws when the catalogue's metric has no series with just these dimensions: nothing would ever be measured */
export function checkedDimensions({ metric, dimensions }: MetricRef): Record<string, string> {
  const names = Object.keys(dimensions).sort().join();
  if (metric.dimensions.some((set) => [...set].sort().join() === names)) return { ...dimensions };
  const known = metric.dimensions.map((set) => set.join(" + ")).join(", or ");
  throw new Error(`${metric.namespace} ${metric.name} is measured by ${known}; got ${names}.`);
}
