import type { InstanceTypeId } from "../instance-types.ts";
import type { ValkeyNodeTypeId } from "../valkey-node-types.ts";
import type { Price } from "./price.ts";
import type { PriceSource } from "./price-sources.ts";
import type { PriceName } from "./service-units.ts";

/** A service's price as a region's file has it; its units are in `service-units.ts`. */
export type ServicePrice = Omit<Price, "units" | "unit" | "ofRegion">;
type InstanceHours = Readonly<Partial<Record<InstanceTypeId, Price>>>;
type NodeHours = Readonly<Partial<Record<ValkeyNodeTypeId, Price>>>;

/** The prices of one region's file: those that have a source. */
export interface PricesOnFile {
  readonly instances: InstanceHours;
  readonly services: Readonly<Partial<Record<PriceName, ServicePrice>>>;
  readonly valkeyNodes: NodeHours;
}

/** A file without gaps. */
export interface WholePrices extends PricesOnFile {
  readonly instances: Readonly<Record<InstanceTypeId, Price>>;
  readonly services: Readonly<Record<PriceName, ServicePrice>>;
  readonly valkeyNodes: Readonly<Record<ValkeyNodeTypeId, Price>>;
}

/** The price of an hour. */
export function hourPrice(usd: number, { source, date }: PriceSource): Price {
  return { usd, units: 1, unit: "hour", source, date };
}

/** Hourly prices of one source, in dollars by instance type. */
export function instanceHours<Id extends InstanceTypeId>(
  source: PriceSource,
  usd: Readonly<Record<Id, number>>,
): Readonly<Record<Id, Price>> {
  return hours(source, usd);
}

/** Hourly prices of one source, in dollars by ElastiCache node type. */
export function nodeHours<Id extends ValkeyNodeTypeId>(
  source: PriceSource,
  usd: Readonly<Record<Id, number>>,
): Readonly<Record<Id, Price>> {
  return hours(source, usd);
}

function hours<Id extends string>(
  { source, date }: PriceSource,
  usd: Readonly<Record<Id, number>>,
): Readonly<Record<Id, Price>> {
  const entries = Object.entries<number>(usd).map(([id, value]) => [id, hourPrice(value, { source, date })]);
  return Object.fromEntries(entries);
}
