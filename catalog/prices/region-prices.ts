import type { InstanceTypeId } from "../instance-types.ts";
import type { RegionId } from "../regions.ts";
import type { ValkeyNodeTypeId } from "../valkey-node-types.ts";
import { AP_NORTHEAST_1 } from "./ap-northeast-1.ts";
import { EU_CENTRAL_1 } from "./eu-central-1.ts";
import { EU_WEST_1 } from "./eu-west-1.ts";
import type { Price } from "./price.ts";
import type { PricesOnFile } from "./prices-on-file.ts";
import { PRICE_NAMES, type PriceName, SERVICE_UNITS } from "./service-units.ts";
import { US_EAST_1 } from "./us-east-1.ts";
import { US_EAST_2 } from "./us-east-2.ts";
import { US_WEST_2 } from "./us-west-2.ts";

export type RegionPrices = Readonly<Record<PriceName, Price>>;

/** Region whose prices stand in for those that another region's file lacks. */
export const FALLBACK_REGION: RegionId = "us-east-1";

/** CloudFront's prices are by the visitor's place on Earth and dashboards are global, so no region has its own. */
const WITHOUT_REGION: ReadonlySet<PriceName> = new Set(["distributionGb", "distributionRequests", "dashboard"]);

const FILES: Readonly<Record<RegionId, PricesOnFile>> = {
  "us-east-1": US_EAST_1,
  "us-east-2": US_EAST_2,
  "us-west-2": US_WEST_2,
  "eu-central-1": EU_CENTRAL_1,
  "eu-west-1": EU_WEST_1,
  "ap-northeast-1": AP_NORTHEAST_1,
};

/** The prices that the region's own file has. */
export function ownPrices(region: RegionId): PricesOnFile {
  return FILES[region];
}

/** Prices of a region's services. A price that the region's file lacks is us-east-1's, with `ofRegion`. */
export function regionPrices(region: RegionId): RegionPrices {
  const { services } = FILES[region];
  const prices = PRICE_NAMES.map((name): [PriceName, Price] => {
    const first = US_EAST_1.services[name];
    const price = services[name] ?? (WITHOUT_REGION.has(name) ? first : borrowed(first));
    return [name, { ...price, ...SERVICE_UNITS[name] }];
  });
  return Object.fromEntries(prices) as Record<PriceName, Price>;
}

/** Hourly on-demand price of an instance type (Linux); us-east-1's, with `ofRegion`, where the region's file lacks it. */
export function instancePrice(region: RegionId, type: InstanceTypeId): Price {
  return FILES[region].instances[type] ?? borrowed(US_EAST_1.instances[type]);
}

/** Whether the region's file has a price of the instance type, which EC2 then has there. */
export function hasInstancePrice(region: RegionId, type: InstanceTypeId): boolean {
  return FILES[region].instances[type] !== undefined;
}

/** Hourly price of an ElastiCache node for Valkey; us-east-1's, with `ofRegion`, where the region's file lacks it. */
export function valkeyNodePrice(region: RegionId, type: ValkeyNodeTypeId): Price {
  return FILES[region].valkeyNodes[type] ?? borrowed(US_EAST_1.valkeyNodes[type]);
}

function borrowed<P extends object>(price: P): P & { readonly ofRegion: RegionId } {
  return { ...price, ofRegion: FALLBACK_REGION };
}
