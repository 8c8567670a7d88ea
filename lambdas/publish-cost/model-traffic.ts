import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { HOUR_MS, type ModelTraffic } from "../../domain/cost/hourly-cost.ts";

const COUNTED = [METRICS.requests, METRICS.promptTokens, METRICS.completionTokens] as const;

/** Requests and tokens of each model in the hour from `from`, summed over its routes, as the gateways counted. */
export async function modelTraffic(
  {
    environment,
    models,
    from,
  }: { readonly environment: string; readonly models: readonly string[]; readonly from: number },
  cloudWatch: CloudWatchClient,
): Promise<readonly ModelTraffic[]> {
  const MetricDataQueries = models.flatMap((model, modelIndex) =>
    COUNTED.map(({ namespace, name }, index): MetricDataQuery => {
      const search = `{${namespace},Environment,Model,Route} Environment="${environment}" Model="${model}" MetricName="${name}"`;
      return {
        Id: queryId(modelIndex, index),
        Expression: `SUM(SEARCH('${search}', 'Sum', ${HOUR_MS / 1000}))`,
      };
    }),
  );
  const sums = new Map<string, number>();
  const window = { StartTime: new Date(from), EndTime: new Date(from + HOUR_MS) };
  for await (const page of paginateGetMetricData({ client: cloudWatch }, { MetricDataQueries, ...window }))
    for (const { Id = "", Values = [] } of page.MetricDataResults ?? [])
      sums.set(
        Id,
        Values.reduce((sum, value) => sum + value, sums.get(Id) ?? 0),
      );
  return models.map((model, modelIndex) => {
    const [requests = 0, promptTokens = 0, completionTokens = 0] = COUNTED.map((_, index) =>
      sums.get(queryId(modelIndex, index)),
    );
    return { model, requests, promptTokens, completionTokens };
  });
}

/** Ids must begin with a lower-case letter and hold no hyphen or dot, which models' names do. */
function queryId(model: number, metric: number): string {
  return `m${model}_${metric}`;
}
