import type { Price } from "../../catalog/prices/price.ts";
import { instancePrice } from "../../catalog/prices/region-prices.ts";
import type { RegionId } from "../../catalog/regions.ts";
import { launchTypes } from "../launch-types.ts";
import type { CostPool } from "./cost-environment.ts";

/** What an hour of a pool's instance costs on demand, by the type that AWS launches. Spot stays below it. */
export interface SpotPrices {
  /** Number of types that AWS may launch. */
  readonly types: number;
  readonly cheapest: Price;
  readonly dearest: Price;
}

/** The prices of the types that AWS may launch for a pool on Spot; `undefined` for a pool that has its one type. */
export function spotPrices(region: RegionId, pool: CostPool): SpotPrices | undefined {
  const { purchase, tensorParallel = 1, contextTokens = 1024 } = pool;
  if (purchase?.option !== "spot") return undefined;
  const prices = launchTypes({ ...pool, purchase, tensorParallel, contextTokens })
    .map((type) => instancePrice(region, type))
    .toSorted((a, b) => a.usd - b.usd);
  const [cheapest, dearest] = [prices[0], prices.at(-1)];
  return cheapest && dearest ? { types: prices.length, cheapest, dearest } : undefined;
}

/** The prices of a pool's instances at its minimum and its maximum, where Spot launches some of them. */
export function spotBounds(region: RegionId, pool: CostPool): { readonly lowest?: Price; readonly highest?: Price } {
  const prices = spotPrices(region, pool);
  if (prices === undefined || pool.purchase?.option !== "spot") return {};
  const { onDemandBase } = pool.purchase; // these are of the pool's own type
  return {
    ...(pool.minInstances > onDemandBase ? { lowest: prices.cheapest } : {}),
    ...(pool.maxInstances > onDemandBase ? { highest: prices.dearest } : {}),
  };
}
