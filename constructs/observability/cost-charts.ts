import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { HOURS_PER_MONTH } from "../../domain/cost/usage.ts";
import { rate, sums } from "./chart-lines.ts";
import type { ChartLine, ChartProps } from "./widgets.ts";

export interface CostChartsProps {
  /** Dimension of our own metrics. */
  readonly environment: string;
  readonly pools: readonly { readonly model: string }[];
}

/** Charts of cost, of charges to callers, and of the cache's savings. */
export function costCharts({ environment: Environment, pools }: CostChartsProps): readonly ChartProps[] {
  const lines = (metric: MetricEntry): readonly ChartLine[] => [
    { metric, dimensions: { Environment }, statistic: "Average", label: "all", id: "all" },
    ...pools.map(({ model }) => ({
      metric,
      dimensions: { Environment, Model: model },
      statistic: "Average",
      label: model,
    })),
  ];
  const hourly = { unit: "$", periodSeconds: 3600 } as const; // publish-cost writes once an hour
  return [
    { title: "Cost per hour", ...hourly, lines: lines(METRICS.hourlyCost) },
    { title: "Cost per million tokens", ...hourly, lines: lines(METRICS.costPerMillionTokens) },
    {
      title: "A month at this rate",
      ...hourly,
      lines: [
        {
          metric: METRICS.hourlyCost,
          dimensions: { Environment },
          statistic: "Average",
          label: "per hour",
          id: "hourly",
          isHidden: true,
        },
        { expression: `hourly * ${HOURS_PER_MONTH}`, label: "per month" },
      ],
    },
    {
      title: "Charged to callers",
      unit: "$",
      periodSeconds: 3600,
      lines: [
        { metric: METRICS.charges, dimensions: { Environment }, statistic: "Sum", label: "all" },
        ...pools.map(({ model }) => ({
          metric: METRICS.charges,
          dimensions: { Environment, Model: model },
          statistic: "Sum",
          label: model,
        })),
      ],
    },
    {
      title: "Cache hit rate",
      unit: "% of look-ups",
      max: 100,
      lines: [
        ...sums("hits", METRICS.cacheHits, { Environment }),
        ...sums("misses", METRICS.cacheMisses, { Environment }),
        { expression: "IF(hits + misses > 0, 100 * hits / (hits + misses), 0)", label: "hits" },
      ],
    },
    {
      title: "Tokens that the cache saved",
      unit: "1/s",
      lines: rate("saved", METRICS.cacheSavedTokens, { Environment }, "saved"),
    },
  ];
}
