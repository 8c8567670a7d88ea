import { costOf, type Price } from "../../catalog/prices/price.ts";

/**
 * The rows of a forecast, in the order in which they are shown. Which resource types AWS charges in each is in
 * `domain/aws-resources/`.
 */
export const COST_TYPES = [
  "GPU instances",
  "Gateways",
  "Valkey",
  "EBS volumes",
  "Load balancer",
  "Interface endpoints",
  "NAT gateways",
  "Data transfer",
  "API Gateway",
  "WAF",
  "CloudWatch",
  "DynamoDB",
  "S3",
  "CloudFront",
  "KMS",
  "Lambda",
] as const;

export type CostType = (typeof COST_TYPES)[number];

/** One item of monthly cost. */
export interface CostItem {
  readonly type: CostType;
  /** Its name, unique in a forecast. */
  readonly what: string;
  /** Units of the price in a month; of one instance when there is a fleet. */
  readonly quantity: number;
  readonly price: Price;
  /** Fleet whose instances each have this cost. @default - the environment has this cost once */
  readonly fleet?: string;
  /** Whether only engines need it. @default false, then gateways or the API need it too */
  readonly forEngines?: boolean;
}

/** Instances that grow and shrink together. */
export interface CostFleet {
  /** Pool's name, or `gateway`. */
  readonly name: string;
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** Dollars a month, of one instance when the item belongs to a fleet. */
export function itemCost({ quantity, price }: CostItem): number {
  return costOf(quantity, price);
}
