import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { HourlyCost } from "../../domain/cost/hourly-cost.ts";
import { metricLine } from "../metric-line.ts";

export interface MetricLinesInput {
  readonly environment: string;
  /** Milliseconds since 1970, within the hour. */
  readonly time: number;
  readonly costs: readonly HourlyCost[];
}

/** Lines in CloudWatch's embedded metric format, one for the environment and one for each model. */
export function metricLines({ environment, time, costs }: MetricLinesInput): readonly string[] {
  return costs.map(({ model, usd, usdPerMillionTokens }) =>
    metricLine({
      time,
      dimensions: { Environment: environment, ...(model === undefined ? {} : { Model: model }) },
      values: [
        { metric: METRICS.hourlyCost, value: usd },
        ...(usdPerMillionTokens === undefined
          ? []
          : [{ metric: METRICS.costPerMillionTokens, value: usdPerMillionTokens }]),
      ],
    }),
  );
}
