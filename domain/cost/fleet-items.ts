import { instancePrice, type RegionPrices } from "../../catalog/prices/region-prices.ts";
import type { RegionId } from "../../catalog/regions.ts";
import { GATEWAY_METRICS_WINDOW_SECONDS } from "../../contracts/metrics/catalogue.ts";
import type { CostEnvironment, CostPool } from "./cost-environment.ts";
import type { CostFleet, CostItem } from "./cost-item.ts";
import { spotBounds } from "./spot-prices.ts";
import { HOURS_PER_MONTH } from "./usage.ts";

/** Name of the gateways among the fleets; the pools have their own. */
export const GATEWAY_FLEET = "gateway";
/** Root volume of a gateway: the smallest that Amazon Linux 2023 accepts. */
export const GATEWAY_VOLUME_GIB = 8;
/** A gateway's metrics are a few log lines, together about 1.5 kB, at the end of every window. */
const METRIC_LINES_GB = ((HOURS_PER_MONTH * 3600) / GATEWAY_METRICS_WINDOW_SECONDS) * 1.5e-6;

export function fleetsOf({ gateways, pools }: CostEnvironment): readonly CostFleet[] {
  const named = [...Object.entries(pools), [GATEWAY_FLEET, gateways] as const];
  return named.map(([name, { minInstances, maxInstances }]) => ({ name, minInstances, maxInstances }));
}

/** Cost items that grow with the number of instances: hours and volumes. */
export function fleetItems({ region, gateways, pools }: CostEnvironment, prices: RegionPrices): readonly CostItem[] {
  return [
    ...Object.entries(pools).flatMap(([name, pool]) => poolItems({ name, pool, region, prices })),
    {
      type: "Gateways",
      what: `${gateways.instanceType}, gateways`,
      quantity: HOURS_PER_MONTH,
      price: instancePrice(region, gateways.instanceType),
      fleet: GATEWAY_FLEET,
    },
    {
      type: "EBS volumes",
      what: "volumes of gateways",
      quantity: GATEWAY_VOLUME_GIB,
      price: prices.volumeGb,
      fleet: GATEWAY_FLEET,
    },
    {
      type: "CloudWatch",
      what: "metric lines of gateways",
      quantity: METRIC_LINES_GB,
      price: prices.logsGb,
      fleet: GATEWAY_FLEET,
    },
  ];
}

/** Throughput of gp3 in MiB/s that its price by size includes. */
const FREE_THROUGHPUT = 125;

interface PoolProps {
  readonly name: string;
  readonly pool: CostPool;
  readonly region: RegionId;
  readonly prices: RegionPrices;
}

function poolItems({ name, pool, region, prices }: PoolProps): readonly CostItem[] {
  const { instanceType, volumeGiB, volumeMiBPerSecond = FREE_THROUGHPUT } = pool;
  const stopped = stoppedInstances(pool);
  const volume = { type: "EBS volumes", price: prices.volumeGb } as const;
  return [
    {
      type: "GPU instances",
      what: `${instanceType}, pool ${name}`,
      quantity: HOURS_PER_MONTH,
      price: instancePrice(region, instanceType),
      ...spotBounds(region, pool),
      fleet: name,
      forEngines: true,
    },
    { ...volume, what: `volumes of pool ${name}`, quantity: volumeGiB, fleet: name, forEngines: true },
    {
      type: "EBS volumes",
      what: `throughput of the volumes of pool ${name}`,
      quantity: volumeMiBPerSecond - FREE_THROUGHPUT,
      price: prices.volumeThroughput,
      fleet: name,
      forEngines: true,
    },
    ...(stopped > 0
      ? [{ ...volume, what: `volumes of stopped ${name}`, quantity: volumeGiB * stopped, forEngines: true }]
      : []),
  ];
}

/** A warm pool's stopped instances cost their volume only. AWS prepares up to `maxPrepared`, running ones included. */
function stoppedInstances({ warmPool, minInstances }: CostPool): number {
  return warmPool ? Math.max(warmPool.minInstances, warmPool.maxPrepared - minInstances) : 0;
}
