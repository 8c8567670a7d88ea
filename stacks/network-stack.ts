import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { FlowLog } from "../constructs/network/flow-log.ts";
import { NatGateways } from "../constructs/network/nat-gateways.ts";
import { Network } from "../constructs/network/network.ts";
import type { NetworkIds } from "../constructs/network/network-ids.ts";
import { ProviderEndpoints } from "../constructs/network/provider-endpoints.ts";
import { SecurityGroups } from "../constructs/network/security-groups.ts";
import { VpcEndpoints } from "../constructs/network/vpc-endpoints.ts";
import { allOwnWeights } from "../domain/own-weights.ts";
import { hasInternetEgress, natGatewayCount } from "../domain/targets/internet-egress.ts";
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
  readonly network: NetworkIds;
  readonly securityGroups: SecurityGroups;

  constructor(scope: Construct, { environment, data }: NetworkStackProps) {
    super(scope, stackId(environment, "network"));
    configureStack(this, environment, "network");
    const { existing } = environment.network;
    const name = resourceName(environment);
    const own = existing === null ? this.#network(environment, data) : undefined;
    this.network = own ?? idsOf(existing);
    const { entry, allowedRanges } = environment.api;
    this.securityGroups = new SecurityGroups(this, "SecurityGroups", {
      name,
      vpcId: this.network.vpcId,
      entry,
      endpointsGroupId: existing?.endpoints.securityGroupId,
    });
    if (entry === "alb") this.securityGroups.allowRange("AnyoneToEntry", "0.0.0.0/0", "API requests");
    for (const range of allowedRanges)
      this.securityGroups.allowRange(`RangeToEntry${range.replaceAll(/[./]/g, "-")}`, range, "API requests");
    this.#allowPrefixLists(existing?.endpoints ?? this.#endpoints(environment, own));
    if (!hasInternetEgress(environment)) return;
    if (own) this.#natGateways(environment, own);
    this.securityGroups.allowInternet("GatewayToInternet", "Providers outside AWS");
  }

  /** A VPC of the environment's own, with its log. */
  #network(environment: Environment, data: DataStack): Network {
    const { region, zones } = environment;
    const name = resourceName(environment);
    const network = new Network(this, "Network", {
      name,
      region,
      zones,
      cidr: environment.network.cidr,
      hasInternet: environment.api.entry !== "private" || natGatewayCount(environment) > 0,
    });
    new FlowLog(this, "FlowLog", {
      name,
      vpcId: network.vpcId,
      kmsKeyArn: data.encryptionKey.arn,
      logRetentionDays: environment.logRetentionDays,
    });
    return network;
  }

  /** Access to AWS from that VPC. */
  #endpoints(environment: Environment, network: Network | undefined): PrefixLists {
    if (network === undefined) throw new Error("A VPC of others has endpoints of its own.");
    const { region, gateways, pools, providers } = environment;
    const endpoints = {
      name: resourceName(environment),
      region,
      network,
      securityGroupId: this.securityGroups.endpointsId,
      // An endpoint in a zone without a gateway is of no use when another zone fails; one address serves the whole VPC.
      subnetIds: network.privateSubnetIds.slice(0, gateways.minInstances),
    };
    const services = providerServices(region, Object.values(providers));
    const created = new VpcEndpoints(this, "Endpoints", {
      ...endpoints,
      hasEngines: Object.keys(pools).length > 0,
      hasShell: environment.network.shell,
      weights: allOwnWeights(pools),
      hasHistory: environment.history !== null,
    });
    new ProviderEndpoints(this, "ProviderEndpoints", { ...endpoints, services });
    return created;
  }

  #allowPrefixLists({ s3PrefixListId, dynamodbPrefixListId }: PrefixLists): void {
    const { gatewayId, engineId } = this.securityGroups;
    this.securityGroups.allowPrefixList("GatewayToDynamodb", {
      securityGroupId: gatewayId,
      prefixListId: dynamodbPrefixListId,
      why: "API keys",
    });
    this.securityGroups.allowPrefixList("GatewayToS3", {
      securityGroupId: gatewayId,
      prefixListId: s3PrefixListId,
      why: "Gateway builds and system packages",
    });
    this.securityGroups.allowPrefixList("EngineToS3", {
      securityGroupId: engineId,
      prefixListId: s3PrefixListId,
      why: "Weights",
    });
  }

  /** Only where a provider outside AWS is declared, or may be added at run time. */
  #natGateways(environment: Environment, network: Network): void {
    const { publicAddresses } = new NatGateways(this, "NatGateways", {
      name: resourceName(environment),
      network,
      zones: environment.zones,
      count: natGatewayCount(environment),
    });
    new TerraformOutput(this, "nat_addresses", {
      description: "Public addresses from which gateways call providers, for their lists of allowed callers.",
      value: publicAddresses,
    });
  }
}

type PrefixLists = Pick<VpcEndpoints, "s3PrefixListId" | "dynamodbPrefixListId">;

function idsOf(existing: Environment["network"]["existing"]): NetworkIds {
  if (existing === null) throw new Error("An environment without an existing network has a VPC of its own.");
  const { vpcId, loadBalancerSubnetIds, gatewaySubnetIds, engineSubnetIds } = existing;
  return { vpcId, publicSubnetIds: loadBalancerSubnetIds, gatewaySubnetIds, privateSubnetIds: engineSubnetIds };
}
