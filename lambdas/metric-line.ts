import type { MetricEntry } from "../contracts/metrics/metric-entry.ts";

export interface MetricLineInput {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Values of metrics of one namespace. */
  readonly values: readonly { readonly metric: MetricEntry; readonly value: number }[];
}

/**
 * A line in CloudWatch's embedded metric format, without its end. Write it by `process.stdout.write`: console.log of
 * Lambda would put time and level before the line, and CloudWatch would find no metric in it.
 */
export function metricLine({ time, dimensions, values }: MetricLineInput): string {
  return JSON.stringify({
    _aws: {
      Timestamp: time,
      CloudWatchMetrics: [
        {
          Namespace: values[0]?.metric.namespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: values.map(({ metric }) => ({ Name: metric.name, Unit: metric.unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(values.map(({ metric, value }) => [metric.name, value])),
  });
}
