import type { Price } from "./price.ts";

/** Source of prices from Infracost's recorded responses of AWS's Price List API, with the AWS page of the price. */
const recorded = (page: string) =>
  ({ source: `https://aws.amazon.com/${page}/, as recorded from the AWS Price List API`, date: "2024-11" }) as const;
/** Source of prices from AWS's pages, such as the lower DynamoDB prices since November 2024. */
const page = (name: string) => ({ source: `https://aws.amazon.com/${name}/`, date: "2026-11-21" }) as const;

const TB = 1024; // AWS's tiers are in TiB, its units in GiB, both written TB and GB

/** On-demand list prices of everything but instances (those: `catalog/instance-types.ts`), without free tiers. */
export const US_EAST_1 = {
  volumeGb: { usd: 0.08, units: 1, unit: "GB-month of gp3", ...recorded("ebs/pricing") },

  loadBalancerHour: { usd: 0.0225, units: 1, unit: "hour", ...recorded("elasticloadbalancing/pricing") },
  loadBalancerCapacity: { usd: 0.008, units: 1, unit: "LCU-hour", ...recorded("elasticloadbalancing/pricing") },
  interfaceEndpointHour: { usd: 0.01, units: 1, unit: "hour in one zone", ...recorded("privatelink/pricing") },
  interfaceEndpointGb: { usd: 0.01, units: 1, unit: "GB", ...recorded("privatelink/pricing") },
  natGatewayHour: { usd: 0.045, units: 1, unit: "hour", ...recorded("vpc/pricing") },
  natGatewayGb: { usd: 0.045, units: 1, unit: "GB", ...recorded("vpc/pricing") },
  publicAddressHour: { usd: 0.005, units: 1, unit: "hour", ...page("vpc/pricing") },
  dataOutGb: {
    usd: 0.09,
    units: 1,
    unit: "GB to the internet",
    above: [{ amount: 10 * TB, usd: 0.085 }],
    ...recorded("ec2/pricing/on-demand"),
  },
  crossZoneGb: { usd: 0.01, units: 1, unit: "GB, each way", ...recorded("ec2/pricing/on-demand") },

  apiRequests: {
    usd: 3.5,
    units: 1_000_000,
    unit: "requests",
    above: [{ amount: 333_000_000, usd: 2.8 }],
    ...recorded("api-gateway/pricing"),
  },
  firewallAcl: { usd: 5, units: 1, unit: "web ACL a month", ...recorded("waf/pricing") },
  firewallRule: { usd: 1, units: 1, unit: "rule a month", ...recorded("waf/pricing") },
  firewallRequests: { usd: 0.6, units: 1_000_000, unit: "requests", ...recorded("waf/pricing") },
  distributionGb: {
    usd: 0.085,
    units: 1,
    unit: "GB to North America or Europe",
    ...recorded("cloudfront/pricing"),
  },
  distributionRequests: { usd: 0.01, units: 10_000, unit: "HTTPS requests", ...recorded("cloudfront/pricing") },

  lambdaRequests: { usd: 0.2, units: 1_000_000, unit: "requests", ...recorded("lambda/pricing") },
  lambdaGbSeconds: { usd: 0.0000133334, units: 1, unit: "GB-second on arm64", ...recorded("lambda/pricing") },
  tableReads: { usd: 0.125, units: 1_000_000, unit: "read units", ...page("dynamodb/pricing/on-demand") },
  tableWrites: { usd: 0.625, units: 1_000_000, unit: "write units", ...page("dynamodb/pricing/on-demand") },
  tableGb: { usd: 0.25, units: 1, unit: "GB-month", ...page("dynamodb/pricing/on-demand") },
  tableRecoveryGb: {
    usd: 0.2,
    units: 1,
    unit: "GB-month of point-in-time recovery",
    ...recorded("dynamodb/pricing/on-demand"),
  },
  bucketGb: { usd: 0.023, units: 1, unit: "GB-month", ...recorded("s3/pricing") },
  bucketWrites: { usd: 0.005, units: 1000, unit: "PUT and LIST requests", ...recorded("s3/pricing") },
  bucketReads: { usd: 0.0004, units: 1000, unit: "GET requests", ...recorded("s3/pricing") },
  encryptionKey: { usd: 1, units: 1, unit: "key a month", ...recorded("kms/pricing") },
  encryptionRequests: { usd: 0.03, units: 10_000, unit: "requests", ...recorded("kms/pricing") },

  metric: { usd: 0.3, units: 1, unit: "metric a month", ...recorded("cloudwatch/pricing") },
  metricReads: { usd: 0.01, units: 1000, unit: "metrics requested", ...page("cloudwatch/pricing") },
  alarm: { usd: 0.1, units: 1, unit: "metric of an alarm a month", ...recorded("cloudwatch/pricing") },
  compositeAlarm: { usd: 0.5, units: 1, unit: "composite alarm a month", ...page("cloudwatch/pricing") },
  dashboard: { usd: 3, units: 1, unit: "dashboard a month", ...recorded("cloudwatch/pricing") },
  logsGb: { usd: 0.5, units: 1, unit: "GB ingested", ...recorded("cloudwatch/pricing") },
  logsStoredGb: { usd: 0.03, units: 1, unit: "GB-month, compressed", ...recorded("cloudwatch/pricing") },
} as const satisfies Record<string, Price>;
