import type { PriceName } from "../../catalog/prices/service-units.ts";

/** Where the AWS Price List has the price of a service. */
export interface ServiceProduct {
  /** Code of the service in the Price List. */
  readonly service: string;
  /** Usage type without the region that it begins with. */
  readonly usage: string;
  /** Attribute that names the region. @default regionCode */
  readonly regionAttribute?: "regionCode" | "fromRegionCode";
  /** Further attributes, for services with very many products. @default - none */
  readonly attributes?: Readonly<Record<string, string>>;
  /** AWS's page of the price, below https://aws.amazon.com/. */
  readonly page: string;
}

/** Prices that no region has of its own: CloudFront's are by the visitor's place on Earth, dashboards are global. */
export type PriceWithoutRegion = "distributionGb" | "distributionRequests" | "dashboard";

const GP3 = { service: "AmazonEC2", attributes: { volumeApiName: "gp3" }, page: "ebs/pricing" } as const;
const BALANCER = {
  service: "AWSELB",
  attributes: { productFamily: "Load Balancer-Application" },
  page: "elasticloadbalancing/pricing",
} as const;
const ENDPOINT = {
  service: "AmazonVPC",
  attributes: { productFamily: "VpcEndpoint" },
  page: "privatelink/pricing",
} as const;
const NAT = { service: "AmazonEC2", attributes: { productFamily: "NAT Gateway" }, page: "vpc/pricing" } as const;
const TRANSFER = {
  service: "AWSDataTransfer",
  regionAttribute: "fromRegionCode",
  page: "ec2/pricing/on-demand",
} as const;
const FIREWALL = { service: "awswaf", page: "waf/pricing" } as const;
const FUNCTIONS = { service: "AWSLambda", page: "lambda/pricing" } as const;
const TABLES = { service: "AmazonDynamoDB", page: "dynamodb/pricing/on-demand" } as const;
const BUCKETS = { service: "AmazonS3", page: "s3/pricing" } as const;
const KEYS = { service: "awskms", page: "kms/pricing" } as const;
const MONITORING = { service: "AmazonCloudWatch", page: "cloudwatch/pricing" } as const;

/** The product of each price that a region's file has. */
export const SERVICE_PRODUCTS: Readonly<Record<Exclude<PriceName, PriceWithoutRegion>, ServiceProduct>> = {
  volumeGb: { ...GP3, usage: "EBS:VolumeUsage.gp3" },
  volumeThroughput: { ...GP3, usage: "EBS:VolumeP-Throughput.gp3" },
  loadBalancerHour: { ...BALANCER, usage: "LoadBalancerUsage" },
  loadBalancerCapacity: { ...BALANCER, usage: "LCUUsage" },
  interfaceEndpointHour: { ...ENDPOINT, usage: "VpcEndpoint-Hours" },
  interfaceEndpointGb: { ...ENDPOINT, usage: "VpcEndpoint-Bytes" },
  natGatewayHour: { ...NAT, usage: "NatGateway-Hours" },
  natGatewayGb: { ...NAT, usage: "NatGateway-Bytes" },
  publicAddressHour: { service: "AmazonVPC", usage: "PublicIPv4:InUseAddress", page: "vpc/pricing" },
  dataOutGb: { ...TRANSFER, attributes: { transferType: "AWS Outbound" }, usage: "DataTransfer-Out-Bytes" },
  crossZoneGb: { ...TRANSFER, attributes: { transferType: "IntraRegion" }, usage: "DataTransfer-Regional-Bytes" },
  apiRequests: { service: "AmazonApiGateway", usage: "ApiGatewayRequest", page: "api-gateway/pricing" },
  firewallAcl: { ...FIREWALL, usage: "WebACLV2" },
  firewallRule: { ...FIREWALL, usage: "RuleV2" },
  firewallRequests: { ...FIREWALL, usage: "RequestV2-Tier1" },
  lambdaRequests: { ...FUNCTIONS, usage: "Request-ARM" },
  lambdaGbSeconds: { ...FUNCTIONS, usage: "Lambda-GB-Second-ARM" },
  tableReads: { ...TABLES, usage: "ReadRequestUnits" },
  tableWrites: { ...TABLES, usage: "WriteRequestUnits" },
  tableGb: { ...TABLES, usage: "TimedStorage-ByteHrs" },
  tableRecoveryGb: { ...TABLES, usage: "TimedPITRStorage-ByteHrs" },
  bucketGb: { ...BUCKETS, usage: "TimedStorage-ByteHrs" },
  bucketWrites: { ...BUCKETS, usage: "Requests-Tier1" },
  bucketReads: { ...BUCKETS, usage: "Requests-Tier2" },
  encryptionKey: { ...KEYS, usage: "KMS-Keys" },
  encryptionRequests: { ...KEYS, usage: "KMS-Requests" },
  signingRequests: { ...KEYS, usage: "KMS-Requests-Asymmetric" },
  metric: { ...MONITORING, usage: "CW:MetricMonitorUsage" },
  metricReads: { ...MONITORING, usage: "CW:GMD-Metrics" },
  alarm: { ...MONITORING, usage: "CW:AlarmMonitorUsage" },
  compositeAlarm: { ...MONITORING, usage: "CW:CompositeAlarmMonitorUsage" },
  logsGb: { ...MONITORING, usage: "DataProcessing-Bytes" },
  logsStoredGb: { ...MONITORING, usage: "TimedStorage-ByteHrs" },
};

/**
 * A usage type without its region: AWS begins it with a code (`USE1-`, `EU-`), KMS with the region's name, and some
 * services of us-east-1 with nothing.
 */
export function withoutRegion(usageType: string, region: string): string {
  return usageType.replace(new RegExp(`^(?:${region}|EU|[A-Z]{3}\\d{1,2})-`), "");
}
