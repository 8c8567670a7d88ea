import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import type { PriceSource } from "../../catalog/prices/price-sources.ts";
import { hourPrice, type PricesOnFile, type ServicePrice } from "../../catalog/prices/prices-on-file.ts";
import { ownPrices, regionPrices } from "../../catalog/prices/region-prices.ts";
import { type PriceName, SERVICE_UNITS } from "../../catalog/prices/service-units.ts";
import type { RegionId } from "../../catalog/regions.ts";
import { VALKEY_NODE_TYPE_IDS } from "../../catalog/valkey-node-types.ts";
import { UserError } from "../terminal/user-error.ts";
import type { ListedProduct, ListProducts } from "./price-list.ts";
import { SERVICE_PRODUCTS, type ServiceProduct, withoutRegion } from "./service-products.ts";

/** A region's prices: those of the Price List, and for the rest those that its file has already. */
export interface ListedPrices {
  readonly prices: PricesOnFile;
  /** How many of them are of the Price List. */
  readonly listed: number;
  /** Service prices that the Price List does not show, a sentence each. */
  readonly problems: readonly string[];
}

interface Reading {
  readonly region: RegionId;
  readonly products: ListProducts;
  /** Day of the reading. */
  readonly date: string;
}

/** Parts of a listed unit in the unit of `service-units.ts`: the list has gp3's throughput by GiB/s. */
const PARTS_OF_UNIT: Readonly<Record<string, number>> = { "gibps-mo": 1024 };
/** A price that differs from us-east-1's by more than this factor is of another product or unit. Sao Paulo's are up to 2.2 times as high. */
const LARGEST_FACTOR = 4;

/**
 * Reads all prices of a region from the AWS Price List.
 * @throws {UserError} when the list can't be read, or has no instance of the region
 */
export async function listedPrices(reading: Reading): Promise<ListedPrices> {
  const onFile = ownPrices(reading.region);
  const instances = await instanceHours(reading);
  if (Object.keys(instances).length === 0)
    throw new UserError(
      `The AWS Price List has no EC2 instances of ${reading.region}; check the region's name. Nothing was written.`,
    );
  const valkeyNodes = await nodeHours(reading);
  const services: Partial<Record<PriceName, ServicePrice>> = {};
  const problems: string[] = [];
  const cached = oncePerQuery(reading.products);
  for (const [key, product] of Object.entries(SERVICE_PRODUCTS)) {
    const name = key as keyof typeof SERVICE_PRODUCTS;
    const found = await servicePrice(name, product, { ...reading, products: cached });
    if (typeof found === "string") problems.push(`${found}; ${insteadOf(name, reading.region, onFile)}`);
    else services[name] = found;
  }
  return {
    prices: {
      instances: { ...onFile.instances, ...instances },
      services: { ...onFile.services, ...services },
      valkeyNodes: { ...onFile.valkeyNodes, ...valkeyNodes },
    },
    listed: [instances, services, valkeyNodes].reduce((sum, each) => sum + Object.keys(each).length, 0),
    problems,
  };
}

function insteadOf(name: PriceName, region: RegionId, { services }: PricesOnFile): string {
  const price = services[name];
  return price ? `${region}'s price of ${price.date} stays` : "us-east-1's price stands in for it, marked as such";
}

/** On-demand hours of Linux on shared hardware. Types that the region has not are not in its list. */
async function instanceHours({ region, products, date }: Reading): Promise<PricesOnFile["instances"]> {
  const linux = { operatingSystem: "Linux", tenancy: "Shared", preInstalledSw: "NA", capacitystatus: "Used" };
  const hours = await products("AmazonEC2", { regionCode: region, ...linux });
  return Object.fromEntries(
    INSTANCE_TYPE_IDS.flatMap((type) => {
      const usd = hourOf(hours, region, `BoxUsage:${type}`);
      return usd === undefined
        ? []
        : [[type, hourPrice(usd, listed("ec2/pricing/on-demand", date, "AmazonEC2 BoxUsage"))]];
    }),
  );
}

async function nodeHours({ region, products, date }: Reading): Promise<PricesOnFile["valkeyNodes"]> {
  const hours = await products("AmazonElastiCache", { regionCode: region, cacheEngine: "Valkey" });
  return Object.fromEntries(
    VALKEY_NODE_TYPE_IDS.flatMap((type) => {
      const usd = hourOf(hours, region, `NodeUsage:${type}`);
      return usd === undefined
        ? []
        : [[type, hourPrice(usd, listed("elasticache/pricing", date, "AmazonElastiCache NodeUsage, Valkey"))]];
    }),
  );
}

function hourOf(products: readonly ListedProduct[], region: RegionId, usage: string): number | undefined {
  const found = products.filter(({ usageType, unit }) => unit === "Hrs" && withoutRegion(usageType, region) === usage);
  const prices = new Set(found.flatMap(({ ranges }) => ranges.map(({ usd }) => usd)));
  return prices.size === 1 ? [...prices][0] : undefined;
}

/** The price, or what is wrong with the list. */
async function servicePrice(
  name: PriceName,
  { service, usage, regionAttribute = "regionCode", attributes, page }: ServiceProduct,
  { region, products, date }: Reading,
): Promise<ServicePrice | string> {
  const all = await products(service, { [regionAttribute]: region, ...attributes });
  const found = all.filter(({ usageType, ranges }) => ranges.length > 0 && withoutRegion(usageType, region) === usage);
  const [first, ...others] = found;
  const where = `${name} of ${region}: the Price List`;
  if (!first) return `${where} has no ${usage} of ${service}`;
  if (others.some(({ ranges }) => JSON.stringify(ranges) !== JSON.stringify(first.ranges)))
    return `${where} has ${found.length} products ${usage} of ${service} with different prices`;
  const units = SERVICE_UNITS[name].units / (PARTS_OF_UNIT[first.unit.toLowerCase()] ?? 1);
  const [start, ...above] = first.ranges.map(({ from, usd }) => ({
    amount: from,
    usd: Number((usd * units).toPrecision(12)),
  }));
  const usd = start?.usd ?? 0;
  const usual = regionPrices("us-east-1")[name].usd;
  if (usd > usual * LARGEST_FACTOR || usd < usual / LARGEST_FACTOR)
    return `${where} has ${usd} dollars for ${usage} of ${service} by ${first.unit}, too far from the ${usual} of us-east-1`;
  return { usd, ...(above.length > 0 ? { above } : {}), ...listed(page, date, `${service} ${first.usageType}`) };
}

function listed(page: string, date: string, product: string): PriceSource {
  return { source: `https://aws.amazon.com/${page}/, by the AWS Price List API: ${product}`, date };
}

/** Several prices are in the products of one query. */
function oncePerQuery(products: ListProducts): ListProducts {
  const results = new Map<string, ReturnType<ListProducts>>();
  return (service, attributes) => {
    const query = JSON.stringify([service, attributes]);
    const result = results.get(query) ?? products(service, attributes);
    results.set(query, result);
    return result;
  };
}
