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
  /** Price in the minimum, where AWS may launch a cheaper type. @default - `price` */
  readonly lowest?: Price;
  /** Price in the maximum, where AWS may launch a dearer type. @default - `price` */
  readonly highest?: Price;
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

/** The columns of a forecast: every fleet at its minimum, at its assumed mean, at its maximum. */
export const SCENARIOS = ["minimum", "expected", "maximum"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/**
 * How many times us-east-1's price the maximum counts where it stands in for another region's. In the regions that have a
 * file no service costs more: the largest ratio found is that of log ingestion in Tokyo, 0.76 to 0.50 dollars
 * (docs/decisions/058).
 */
export const OTHER_REGION_FACTOR = 1.6;

/** Dollars a month, of one instance when the item belongs to a fleet. */
export function itemCost({ quantity, price, lowest, highest }: CostItem, scenario: Scenario = "expected"): number {
  if (scenario === "expected") return costOf(quantity, price);
  if (scenario === "minimum") return costOf(quantity, lowest ?? price);
  const most = highest ?? price;
  return costOf(quantity, most) * (most.ofRegion === undefined ? 1 : OTHER_REGION_FACTOR);
}
