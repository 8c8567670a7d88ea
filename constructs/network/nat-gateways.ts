import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { Construct } from "constructs";
import type { Network } from "./network.ts";

export interface NatGatewaysProps {
  readonly name: string;
  readonly network: Network;
  /** Letters of the VPC's zones. */
  readonly zones: readonly string[];
  /** Number of zones with a NAT gateway; each costs 32.85 dollars a month and 3.65 for its address. */
  readonly count: number;
}

/** Internet egress of the gateways, to providers outside AWS. The subnets of engines have no route to it. */
export class NatGateways extends Construct {
  /** Source addresses of the requests to providers. */
  readonly publicAddresses: readonly string[];

  constructor(scope: Construct, id: string, { name, network, zones, count }: NatGatewaysProps) {
    super(scope, id);
    const made = zones.slice(0, count).map((zone, index) => {
      const zoneScope = new Construct(this, zone);
      const tags = { Name: `${name}-nat-${zone}` };
      const address = new Eip(zoneScope, "Address", { domain: "vpc", tags });
      const resource = new NatGateway(zoneScope, "Default", {
        allocationId: address.id,
        subnetId: network.publicSubnetIds[index] ?? "",
        dependsOn: network.internetRoute ? [network.internetRoute] : [], // AWS creates none before the VPC has such a route
        tags,
      });
      return { resource, address };
    });
    network.gatewayRouteTableIds.forEach((routeTableId, index) => {
      // Zones without a NAT gateway share those of the others.
      const nat = made[index % Math.max(1, made.length)];
      if (nat === undefined) return;
      new Route(new Construct(this, `${zones[index]}Gateways`), "Internet", {
        routeTableId,
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: nat.resource.id,
      });
    });
    this.publicAddresses = made.map(({ address }) => address.publicIp);
  }
}
