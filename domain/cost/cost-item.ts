import { costOf, type Price } from "../../catalog/prices/price.ts";

/** The rows of a forecast, in the order in which they are shown, each with the resource types that AWS charges in it. */
export const CHARGED_RESOURCES = {
  "GPU instances": ["aws_autoscaling_group"],
  Gateways: ["aws_autoscaling_group"],
  Valkey: ["aws_elasticache_replication_group"],
  "EBS volumes": ["aws_launch_template"],
  "Load balancer": ["aws_lb"],
  "Interface endpoints": ["aws_vpc_endpoint"],
  "NAT gateways": ["aws_nat_gateway", "aws_eip"],
  "Data transfer": ["aws_subnet"],
  "API Gateway": ["aws_api_gateway_rest_api"],
  WAF: ["aws_wafv2_web_acl"],
  CloudWatch: [
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
  ],
  DynamoDB: ["aws_dynamodb_table"],
  S3: ["aws_s3_bucket"],
  CloudFront: ["aws_cloudfront_distribution"],
  KMS: ["aws_kms_key"],
  Lambda: ["aws_lambda_function"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CostType = keyof typeof CHARGED_RESOURCES;

export const COST_TYPES = Object.keys(CHARGED_RESOURCES) as readonly CostType[];

/** One thing that costs money by the month. */
export interface CostItem {
  readonly type: CostType;
  /** What it is, unique in a forecast. */
  readonly what: string;
  /** Units of the price in a month; of one instance when there is a fleet. */
  readonly quantity: number;
  readonly price: Price;
  /** Fleet whose instances each cost this. @default - it costs this once */
  readonly fleet?: string;
  /** Whether it is there for engines only. @default false, then gateways or the API need it too */
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
