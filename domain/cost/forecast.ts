import { costOf } from "../../catalog/prices/price.ts";
import { type RegionPrices, regionPrices } from "../../catalog/prices/region-prices.ts";
import type { CostEnvironment } from "./cost-environment.ts";
import { COST_TYPES, type CostFleet, type CostLine, type CostType, lineCost } from "./cost-line.ts";
import { fleetLines, fleetsOf } from "./fleet-lines.ts";
import { type Footprint, footprintOf } from "./footprint.ts";
import { platformLines } from "./platform-lines.ts";
import { HOURS_PER_MONTH, type Usage, volumesOf } from "./usage.ts";

/** Dollars a month with every fleet at its minimum, at its assumed mean, at its maximum. Usage is the same in all. */
export interface Month {
  readonly minimum: number;
  readonly expected: number;
  readonly maximum: number;
}

/** A month's cost before anything is created. */
export interface Forecast {
  readonly environment: string;
  readonly region: string;
  readonly usage: Usage;
  readonly fleets: readonly CostFleet[];
  readonly lines: readonly CostLine[];
  /** One row for each type, also where it costs nothing. */
  readonly byType: readonly (Month & { readonly type: CostType })[];
  readonly total: Month;
  /** The total without engines and what is there for them only: their volumes, metrics, alarms and endpoints. */
  readonly platform: Month;
  /** The two ways of private instances to AWS's APIs, for the same month. */
  readonly waysToAws: { readonly interfaceEndpoints: number; readonly natGateways: number };
}

/**
 * Forecasts a month from an environment file and an assumption about its callers. List prices, on demand, without
 * free tiers, taxes and support.
 * @throws when the region's prices are not on file
 */
export function forecast(environment: CostEnvironment, usage: Usage): Forecast {
  const prices = regionPrices(environment.region);
  const volumes = volumesOf(usage);
  const footprint = footprintOf(environment);
  const fleets = fleetsOf(environment);
  const lines = [
    ...fleetLines(environment, prices),
    ...platformLines({ environment, footprint, prices, volumes }),
  ].filter(({ quantity }) => quantity > 0);
  const monthOf = (chosen: readonly CostLine[]): Month => ({
    minimum: sumOf(chosen, fleets, 0),
    expected: sumOf(chosen, fleets, usage.instanceShare),
    maximum: sumOf(chosen, fleets, 1),
  });
  const byType = COST_TYPES.map((type) => ({ type, ...monthOf(lines.filter((line) => line.type === type)) }));
  return {
    environment: environment.name,
    region: environment.region,
    usage,
    fleets,
    lines,
    byType,
    total: monthOf(lines),
    platform: monthOf(lines.filter(({ forEngines = false }) => !forEngines)),
    waysToAws: waysToAws(footprint, prices, volumes.gatewayLogGb),
  };
}

/** How many instances of a fleet run when it is `share` of the way from its minimum to its maximum. */
export function instancesAt({ minInstances, maxInstances }: CostFleet, share: number): number {
  return minInstances + share * (maxInstances - minInstances);
}

function sumOf(lines: readonly CostLine[], fleets: readonly CostFleet[], share: number): number {
  return lines.reduce((sum, line) => {
    const fleet = fleets.find(({ name }) => name === line.fleet);
    return sum + lineCost(line) * (fleet ? instancesAt(fleet, share) : 1);
  }, 0);
}

function waysToAws(
  { interfaceEndpoints: { shared, engines }, endpointZones }: Footprint,
  prices: RegionPrices,
  dataGb: number,
): Forecast["waysToAws"] {
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
