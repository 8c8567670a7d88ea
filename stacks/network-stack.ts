import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { FlowLog } from "../constructs/network/flow-log.ts";
import { NatGateways } from "../constructs/network/nat-gateways.ts";
import { Network } from "../constructs/network/network.ts";
import { ProviderEndpoints } from "../constructs/network/provider-endpoints.ts";
import { SecurityGroups } from "../constructs/network/security-groups.ts";
import { VpcEndpoints } from "../constructs/network/vpc-endpoints.ts";
import { natGatewayCount } from "../domain/targets/internet-egress.ts";
import { providerServices } from "../domain/targets/provider-services.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";
import { configureStack, resourceName, stackId } from "./stack-settings.ts";

export interface NetworkStackProps {
  readonly environment: Environment;
  readonly data: DataStack;
}

/** The resources that change least: VPC, subnets, egress, security groups and their connections. */
export class NetworkStack extends TerraformStack {
  readonly network: Network;
  readonly securityGroups: SecurityGroups;

  constructor(scope: Construct, { environment, data }: NetworkStackProps) {
    super(scope, stackId(environment, "network"));
    configureStack(this, environment, "network");
    const { region, zones, gateways, pools } = environment;
    const name = resourceName(environment);
    this.network = new Network(this, "Network", {
      name,
      region,
      zones,
      cidr: environment.network.cidr,
      hasInternet: environment.api.entry !== "private" || natGatewayCount(environment) > 0,
    });
    new FlowLog(this, "FlowLog", {
      name,
      vpcId: this.network.vpcId,
      kmsKeyArn: data.encryptionKey.arn,
      logRetentionDays: environment.logRetentionDays,
    });
    this.securityGroups = new SecurityGroups(this, "SecurityGroups", {
      name,
      vpcId: this.network.vpcId,
      entry: environment.api.entry,
    });
    const { entry, allowedRanges } = environment.api;
    if (entry === "alb") this.securityGroups.allowRange("AnyoneToEntry", "0.0.0.0/0", "API requests");
    for (const range of allowedRanges)
      this.securityGroups.allowRange(`RangeToEntry${range.replaceAll(/[./]/g, "-")}`, range, "API requests");
    const { gatewayId, engineId, endpointsId } = this.securityGroups;
    const endpoints = new VpcEndpoints(this, "Endpoints", {
      name,
      region,
      network: this.network,
      securityGroupId: endpointsId,
      // An endpoint in a zone without a gateway is of no use when another zone fails; one address serves the whole VPC.
      subnetIds: this.network.privateSubnetIds.slice(0, gateways.minInstances),
      hasEngines: Object.keys(pools).length > 0,
    });
    new ProviderEndpoints(this, "ProviderEndpoints", {
      name,
      region,
      network: this.network,
      securityGroupId: endpointsId,
      subnetIds: this.network.privateSubnetIds.slice(0, gateways.minInstances),
      services: providerServices(region, Object.values(environment.providers)),
    });
    this.securityGroups.allowPrefixList("GatewayToDynamodb", {
      securityGroupId: gatewayId,
      prefixListId: endpoints.dynamodbPrefixListId,
      why: "API keys",
    });
    this.securityGroups.allowPrefixList("GatewayToS3", {
      securityGroupId: gatewayId,
      prefixListId: endpoints.s3PrefixListId,
      why: "Gateway builds and system packages",
    });
    this.securityGroups.allowPrefixList("EngineToS3", {
      securityGroupId: engineId,
      prefixListId: endpoints.s3PrefixListId,
      why: "Weights",
    });
    this.#addInternetEgress(environment, name);
  }

  /** Only where a provider outside AWS is declared, or may be added at run time. */
  #addInternetEgress(environment: Environment, name: string): void {
    const count = natGatewayCount(environment);
    if (count === 0) return;
    const { publicAddresses } = new NatGateways(this, "NatGateways", {
      name,
      network: this.network,
      zones: environment.zones,
      count,
    });
    this.securityGroups.allowInternet("GatewayToInternet", "Providers outside AWS");
    new TerraformOutput(this, "nat_addresses", {
      description: "Public addresses from which gateways call providers, for their lists of allowed callers.",
      value: publicAddresses,
    });
  }
}
