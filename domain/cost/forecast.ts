import { costOf } from "../../catalog/prices/price.ts";
import { type RegionPrices, regionPrices } from "../../catalog/prices/region-prices.ts";
import type { CostEnvironment } from "./cost-environment.ts";
import { COST_TYPES, type CostFleet, type CostItem, type CostType, itemCost, type Scenario } from "./cost-item.ts";
import { fleetItems, fleetsOf } from "./fleet-items.ts";
import { type Footprint, footprintOf } from "./footprint.ts";
import { platformItems } from "./platform-items.ts";
import { spotPrices } from "./spot-prices.ts";
import { HOURS_PER_MONTH, type Usage, volumesOf } from "./usage.ts";

/** Dollars a month with every fleet at its minimum, at its assumed mean, at its maximum. Usage is the same in all. */
export interface Month {
  readonly minimum: number;
  readonly expected: number;
  readonly maximum: number;
}

/** Forecast of a month's cost. */
export interface Forecast {
  readonly environment: string;
  readonly region: string;
  readonly usage: Usage;
  readonly fleets: readonly CostFleet[];
  readonly items: readonly CostItem[];
  /** One row for each type, also for those without cost. */
  readonly byType: readonly (Month & { readonly type: CostType })[];
  readonly total: Month;
  /** The total without engines and the items that only they need: their volumes, metrics, alarms and endpoints. */
  readonly platform: Month;
  /** Of each pool on Spot, the types that AWS may launch: the prices on demand of the cheapest and the dearest. */
  readonly spot: readonly SpotRange[];
  /** Cost of private instances' access to AWS APIs in the same month, by interface endpoints and by NAT gateways. */
  readonly accessToAws: { readonly interfaceEndpoints: number; readonly natGateways: number };
}

/** What an hour of a Spot instance costs at most, by the type that has capacity. */
export interface SpotRange {
  readonly pool: string;
  readonly types: number;
  /** Dollars. */
  readonly cheapest: number;
  readonly dearest: number;
}

/**
 * Forecasts a month from an environment file and an assumption about its callers. List prices, on demand, without
 * free tiers, taxes and support. A price that the region's file lacks is us-east-1's, in the maximum times
 * `OTHER_REGION_FACTOR`. A pool on Spot has the cheapest and the dearest type that AWS may launch in minimum and maximum.
 */
export function forecast(environment: CostEnvironment, usage: Usage): Forecast {
  const prices = regionPrices(environment.region);
  const volumes = volumesOf(usage);
  const footprint = footprintOf(environment);
  const fleets = fleetsOf(environment);
  const items = [
    ...fleetItems(environment, prices),
    ...platformItems({ environment, footprint, prices, volumes }),
  ].filter(({ quantity }) => quantity > 0);
  const monthOf = (chosen: readonly CostItem[]): Month => ({
    minimum: sumOf(chosen, fleets, "minimum", 0),
    expected: sumOf(chosen, fleets, "expected", usage.instanceShare),
    maximum: sumOf(chosen, fleets, "maximum", 1),
  });
  const byType = COST_TYPES.map((type) => ({ type, ...monthOf(items.filter((item) => item.type === type)) }));
  return {
    environment: environment.name,
    region: environment.region,
    usage,
    fleets,
    items,
    byType,
    total: monthOf(items),
    platform: monthOf(items.filter(({ forEngines = false }) => !forEngines)),
    spot: spotRanges(environment),
    accessToAws: accessToAws(footprint, prices, volumes.gatewayLogGb),
  };
}

function spotRanges({ region, pools }: CostEnvironment): readonly SpotRange[] {
  return Object.entries(pools).flatMap(([pool, settings]) => {
    const prices = spotPrices(region, settings);
    if (prices === undefined) return [];
    return [{ pool, types: prices.types, cheapest: prices.cheapest.usd, dearest: prices.dearest.usd }];
  });
}

/** The forecast's cost items whose price is another region's, because the region's file has none. */
export function itemsOfOtherRegions({ items }: Pick<Forecast, "items">): readonly CostItem[] {
  return items.filter(({ price }) => price.ofRegion !== undefined);
}

/** Instances of a fleet at a share between its minimum (0) and its maximum (1). */
export function instancesAt({ minInstances, maxInstances }: CostFleet, share: number): number {
  return minInstances + share * (maxInstances - minInstances);
}

function sumOf(items: readonly CostItem[], fleets: readonly CostFleet[], scenario: Scenario, share: number): number {
  return items.reduce((sum, item) => {
    const fleet = fleets.find(({ name }) => name === item.fleet);
    return sum + itemCost(item, scenario) * (fleet ? instancesAt(fleet, share) : 1);
  }, 0);
}

function accessToAws(
  { interfaceEndpoints: { shared, engines }, endpointZones }: Footprint,
  prices: RegionPrices,
  dataGb: number,
): Forecast["accessToAws"] {
  const hours = HOURS_PER_MONTH * endpointZones;
  return {
    interfaceEndpoints:
      costOf(hours * (shared + engines), prices.interfaceEndpointHour) + costOf(dataGb, prices.interfaceEndpointGb),
    natGateways:
      costOf(hours, prices.natGatewayHour) +
      costOf(hours, prices.publicAddressHour) +
      costOf(dataGb, prices.natGatewayGb),
  };
}
