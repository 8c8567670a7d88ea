import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";

/** Nano-dollars by pool; of an hour whose metrics are not there yet, none. */
export type PoolCosts = ReadonlyMap<string, number>;

interface PoolCostsInput {
  readonly environment: string;
  readonly pools: readonly string[];
  /** Unix seconds: the beginning of the first hour, and the end of the last one. */
  readonly from: number;
  readonly to: number;
}

const HOUR = 3600;

/**
 * What pools cost in hours, by the cost metrics: instances by the time that they ran, and their requests at API Gateway,
 * firewall and transfer. A metric that was written twice counts once.
 * @returns by the beginnings of the hours, in Unix seconds
 */
export async function poolCosts(
  { environment, pools, from, to }: PoolCostsInput,
  cloudWatch: CloudWatchClient,
): Promise<ReadonlyMap<number, PoolCosts>> {
  const { namespace: Namespace, name: MetricName } = METRICS.hourlyCost;
  const MetricDataQueries = pools.map((pool, index): MetricDataQuery => {
    const Dimensions = [
      { Name: "Environment", Value: environment },
      { Name: "Model", Value: pool },
    ];
    return {
      Id: `pool${index}`,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: HOUR, Stat: "Maximum" },
    };
  });
  const window = { StartTime: new Date(from * 1000), EndTime: new Date(to * 1000) };
  const found = new Map<number, Map<string, number>>();
  for await (const page of paginateGetMetricData({ client: cloudWatch }, { MetricDataQueries, ...window }))
    for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? [])
      for (const [index, time] of Timestamps.entries()) {
        const hour = Math.floor(time.getTime() / 1000 / HOUR) * HOUR;
        const costs = found.get(hour) ?? new Map<string, number>();
        costs.set(pools[Number(Id.slice("pool".length))] ?? "", Math.round((Values[index] ?? 0) * NANO_USD_PER_USD));
        found.set(hour, costs);
      }
  return found;
}
