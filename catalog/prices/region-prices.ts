import type { RegionId } from "../regions.ts";
import type { Price } from "./price.ts";
import { US_EAST_1 } from "./us-east-1.ts";

export type PriceName = keyof typeof US_EAST_1;
export type RegionPrices = Readonly<Record<PriceName, Price>>;

/** Regions with prices. Instance prices are those of us-east-1 only: a new region needs both. */
const PRICES: Readonly<Partial<Record<RegionId, RegionPrices>>> = { "us-east-1": US_EAST_1 };

/** Whether a region has prices. */
export function hasPrices(region: RegionId): boolean {
  return PRICES[region] !== undefined;
}

/**
 * The prices of a region.
 * @throws when it has none; another region's are never used instead
 */
export function regionPrices(region: RegionId): RegionPrices {
  const prices = PRICES[region];
  if (prices === undefined) throw new Error(noPricesText(region));
  return prices;
}

/** Message that a region has no prices, with the remedy. */
export function noPricesText(region: RegionId): string {
  const known = Object.keys(PRICES).join(", ");
  return `There are no prices for ${region} in catalog/prices (known: ${known}); add ${region}.ts with dated figures.`;
}
