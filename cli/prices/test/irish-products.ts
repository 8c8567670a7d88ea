import type { TestProduct } from "./price-list-service.ts";

const linux = {
  operatingSystem: "Linux",
  tenancy: "Shared",
  preInstalledSw: "NA",
  capacitystatus: "Used",
};
const instance = (type: string, usd: string): TestProduct => ({
  service: "AmazonEC2",
  productFamily: "Compute Instance",
  usage: `EU-BoxUsage:${type}`,
  unit: "Hrs",
  usd,
  attributes: { ...linux, instanceType: type },
});
const product = (
  service: string,
  usage: string,
  unit: string,
  usd: TestProduct["usd"],
  more: Partial<TestProduct> = {},
): TestProduct => ({ service, usage, unit, usd, ...more });
const balancer = { productFamily: "Load Balancer-Application" };
const gp3 = { attributes: { volumeApiName: "gp3" } };
const node = (usage: string, cacheEngine: string, usd: string): TestProduct =>
  product("AmazonElastiCache", usage, "Hrs", usd, { attributes: { cacheEngine } });
const transfer = (usage: string, transferType: string, usd: TestProduct["usd"]): TestProduct =>
  product("AWSDataTransfer", usage, "GB", usd, {
    attributes: { fromRegionCode: "eu-west-1", transferType, regionCode: "" },
  });

/** Products of eu-west-1 under the names that the AWS Price List uses, among products of almost the same names. */
export const IRISH_PRODUCTS: readonly TestProduct[] = [
  instance("g5.xlarge", "1.1230000000"),
  instance("c7g.large", "0.0773000000"),
  instance("m7g.large", "0.0900000000"), // not in the catalogue
  { ...instance("g5.2xlarge", "9.0000000000"), usage: "EU-UnusedBox:g5.2xlarge" },
  { ...instance("g5.4xlarge", "0.0000000000"), usage: "EU-BoxUsage:g5.4xlarge" }, // sold in other ways
  product("AmazonEC2", "EU-EBS:VolumeUsage.gp3", "GB-Mo", "0.0880000000", gp3),
  product("AmazonEC2", "EU-EBS:VolumeP-IOPS.gp3", "IOPS-Mo", "0.0055000000", gp3),
  product("AmazonEC2", "EU-EBS:VolumeP-Throughput.gp3", "GiBps-mo", "45.0560000000", gp3),
  product("AWSELB", "EU-LoadBalancerUsage", "Hrs", "0.0252000000", balancer),
  product("AWSELB", "EU-LoadBalancerUsage", "Hrs", "0.0280000000", { productFamily: "Load Balancer" }),
  product("AWSELB", "EU-TS-LoadBalancerUsage", "Hrs", "0.0056000000", balancer),
  product("AWSELB", "EU-LCUUsage", "LCU-Hrs", "0.0080000000", balancer),
  product("AmazonVPC", "EU-VpcEndpoint-Hours", "Hrs", "0.0110000000", { productFamily: "VpcEndpoint" }),
  product("AmazonVPC", "EU-VpcEndpoint-GWLBE-Hours", "Hrs", "0.0120000000", { productFamily: "VpcEndpoint" }),
  product(
    "AmazonVPC",
    "EU-VpcEndpoint-Bytes",
    "GB",
    [
      ["1048576", "0.0060000000"],
      ["0", "0.0100000000"],
    ],
    { productFamily: "VpcEndpoint" },
  ),
  product("AmazonEC2", "EU-NatGateway-Hours", "Hrs", "0.0480000000", { productFamily: "NAT Gateway" }),
  product("AmazonEC2", "EU-RegionalNatGateway-Hours", "Hrs", "0.0960000000", { productFamily: "NAT Gateway" }),
  product("AmazonEC2", "EU-NatGateway-Bytes", "GB", "0.0480000000", { productFamily: "NAT Gateway" }),
  product("AmazonVPC", "EU-PublicIPv4:InUseAddress", "Hrs", "0.0050000000"),
  transfer("EU-DataTransfer-Out-Bytes", "AWS Outbound", [
    ["0", "0.0900000000"],
    ["10240", "0.0850000000"],
    ["51200", "0.0700000000"],
    ["153600", "0.0500000000"],
  ]),
  transfer("EU-DataTransfer-Regional-Bytes", "IntraRegion", "0.0100000000"),
  product("AmazonApiGateway", "EU-ApiGatewayRequest", "Requests", [
    ["0", "0.0000035000"],
    ["333000000", "0.0000028000"],
  ]),
  product("awswaf", "EU-WebACLV2", "Month", "5.0000000000"),
  product("awswaf", "EU-RuleV2", "Month", "1.0000000000"),
  product("awswaf", "EU-RequestV2-Tier1", "Request", "0.0000006000"),
  product("awswaf", "EU-ShieldProtected-RequestV2-Tier1", "Request", "0.0000000000"),
  product("AWSLambda", "EU-Request-ARM", "Requests", "0.0000002000"),
  product("AWSLambda", "EU-Lambda-GB-Second-ARM", "Lambda-GB-Second", [
    ["0", "0.0000133334"],
    ["7500000000", "0.0000120001"],
  ]),
  product("AmazonDynamoDB", "EU-ReadRequestUnits", "ReadRequestUnits", "0.0000001415"),
  product("AmazonDynamoDB", "EU-IA-ReadRequestUnits", "ReadRequestUnits", "0.0000001770"),
  product("AmazonDynamoDB", "EU-WriteRequestUnits", "WriteRequestUnits", "0.0000007050"),
  product("AmazonDynamoDB", "EU-TimedStorage-ByteHrs", "GB-Mo", [
    ["0", "0.0000000000"],
    ["25", "0.2830000000"],
  ]),
  product("AmazonDynamoDB", "EU-TimedPITRStorage-ByteHrs", "GB-Mo", "0.2264000000"),
  product("AmazonS3", "EU-TimedStorage-ByteHrs", "GB-Mo", "0.0230000000"),
  product("AmazonS3", "EU-TimedStorage-SIA-ByteHrs", "GB-Mo", "0.0125000000"),
  product("AmazonS3", "EU-Requests-Tier1", "Requests", "0.0000050000"),
  product("AmazonS3", "EU-Requests-SIA-Tier1", "Requests", "0.0000100000"),
  product("AmazonS3", "EU-Requests-Tier2", "Requests", "0.0000004000"),
  product("awskms", "eu-west-1-KMS-Keys", "Keys", "1.0000000000"),
  product("awskms", "eu-west-1-KMS-Requests", "Requests", "0.0000030000"),
  product("awskms", "eu-west-1-KMS-Requests-Asymmetric", "Requests", "0.0000150000"),
  product("AmazonCloudWatch", "EU-CW:MetricMonitorUsage", "Metrics", [
    ["0", "0.3000000000"],
    ["10000", "0.1000000000"],
  ]),
  product("AmazonCloudWatch", "EU-CW:GMD-Metrics", "Metrics", "0.0000100000"),
  product("AmazonCloudWatch", "EU-CW:AlarmMonitorUsage", "Alarms", "0.1000000000"),
  product("AmazonCloudWatch", "EU-CW:HighResAlarmMonitorUsage", "Alarms", "0.3000000000"),
  product("AmazonCloudWatch", "EU-CW:CompositeAlarmMonitorUsage", "Alarms", "0.5000000000"),
  product("AmazonCloudWatch", "EU-DataProcessing-Bytes", "GB", "0.5700000000"),
  product("AmazonCloudWatch", "EU-TimedStorage-ByteHrs", "GB-Mo", "0.0300000000"),
  node("EU-NodeUsage:cache.t4g.small", "Valkey", "0.0280000000"),
  node("EU-SyncDurability-NodeUsage:cache.t4g.small", "Valkey", "0.0030000000"),
  node("EU-NodeUsage:cache.t4g.small", "Redis", "0.0350000000"),
];
