import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { HourlyCost } from "../../domain/cost/hourly-cost.ts";

export interface MetricLinesInput {
  readonly environment: string;
  /** Milliseconds since 1970, within the hour. */
  readonly time: number;
  readonly costs: readonly HourlyCost[];
}

/** Lines in CloudWatch's embedded metric format, one for the environment and one for each model. */
export function metricLines({ environment, time, costs }: MetricLinesInput): readonly string[] {
  return costs.map(({ model, usd, usdPerMillionTokens }) => {
    const dimensions = { Environment: environment, ...(model === undefined ? {} : { Model: model }) };
    const values = [
      { metric: METRICS.hourlyCost, value: usd },
      ...(usdPerMillionTokens === undefined
        ? []
        : [{ metric: METRICS.costPerMillionTokens, value: usdPerMillionTokens }]),
    ];
    return JSON.stringify({
      _aws: {
        Timestamp: time,
        CloudWatchMetrics: [
          {
            Namespace: METRICS.hourlyCost.namespace,
            Dimensions: [Object.keys(dimensions)],
            Metrics: values.map(({ metric }) => ({ Name: metric.name, Unit: metric.unit })),
          },
        ],
      },
      ...dimensions,
      ...Object.fromEntries(values.map(({ metric, value }) => [metric.name, value])),
    });
  });
}
