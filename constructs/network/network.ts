import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Construct } from "constructs";
import type { NetworkIds } from "./network-ids.ts";
import { subnetCidrs } from "./subnet-cidrs.ts";

export interface NetworkProps {
  /** Prefix of the tags `Name`. */
  readonly name: string;
  readonly region: string;
  /** Letters of the zones. */
  readonly zones: readonly string[];
  /** Range of the VPC; /16 holds every size. */
  readonly cidr: string;
  /** Whether the public subnets have a route to the internet: for the entry, or for NAT gateways. @default true */
  readonly hasInternet?: boolean;
}

/**
 * A VPC with three subnets in each zone. Public means: routed to the internet gateway; only the load balancer's and NAT
 * gateways' addresses are there. Gateways have subnets of their own, so that only they can have a route out of the VPC
 * (`NatGateways`); private subnets, where engines are, have none. Without internet the public subnets have no route
 * either: the load balancer in them is reached from the VPC and from networks that are connected to it.
 */
export class Network extends Construct implements NetworkIds {
  readonly resource: Vpc;
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly gatewaySubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  /** Route table of the private subnets. */
  readonly privateRouteTableId: string;
  /** Route tables of the gateways' subnets, one for each zone. */
  readonly gatewayRouteTableIds: readonly string[];
  /** Route of the public subnets to the internet, where there is one. */
  readonly internetRoute: Route | undefined;

  constructor(scope: Construct, id: string, { name, region, zones, cidr, hasInternet = true }: NetworkProps) {
    super(scope, id);
    this.resource = new Vpc(this, "Default", {
      cidrBlock: cidr,
      enableDnsSupport: true, // both are needed for the private names of interface endpoints
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    this.vpcId = this.resource.id;

    // Without rules the default group lets nothing in or out: a resource without a group has no access.
    new DefaultSecurityGroup(this, "DefaultSecurityGroup", { vpcId: this.vpcId, tags: { Name: `${name}-unused` } });

    const publicRoutes = new RouteTable(this, "PublicRoutes", { vpcId: this.vpcId, tags: { Name: `${name}-public` } });
    this.internetRoute = hasInternet ? this.#routeToInternet(publicRoutes.id, name) : undefined;
    const privateRoutes = new RouteTable(this, "PrivateRoutes", {
      vpcId: this.vpcId,
      tags: { Name: `${name}-private` },
    });
    this.privateRouteTableId = privateRoutes.id;

    const cidrs = subnetCidrs(cidr, zones.length);
    const subnets = (
      kind: "Public" | "Gateway" | "Private",
      blocks: readonly string[],
      routesOf: (zoneScope: Construct, zone: string) => RouteTable,
    ): readonly string[] => {
      const group = new Construct(this, `${kind}Subnets`);
      return zones.map((zone, index) => {
        const zoneScope = new Construct(group, zone);
        const subnet = new Subnet(zoneScope, "Default", {
          vpcId: this.vpcId,
          availabilityZone: `${region}${zone}`,
          cidrBlock: blocks[index] ?? "",
          mapPublicIpOnLaunch: false, // nothing here gets a public address, not even in the public subnets
          tags: { Name: `${name}-${kind.toLowerCase()}-${zone}`, Tier: kind.toLowerCase() },
        });
        new RouteTableAssociation(zoneScope, "Routes", {
          subnetId: subnet.id,
          routeTableId: routesOf(zoneScope, zone).id,
        });
        return subnet.id;
      });
    };
    this.publicSubnetIds = subnets("Public", cidrs.public, () => publicRoutes);
    this.privateSubnetIds = subnets("Private", cidrs.private, () => privateRoutes);
    const gatewayRoutes: RouteTable[] = [];
    this.gatewaySubnetIds = subnets("Gateway", cidrs.gateway, (zoneScope, zone) => {
      const tags = { Name: `${name}-gateway-${zone}` };
      const routes = new RouteTable(zoneScope, "RouteTable", { vpcId: this.vpcId, tags });
      gatewayRoutes.push(routes);
      return routes;
    });
    this.gatewayRouteTableIds = gatewayRoutes.map(({ id: routeTableId }) => routeTableId);
  }
  #routeToInternet(routeTableId: string, name: string): Route {
    const { id: gatewayId } = new InternetGateway(this, "InternetGateway", { vpcId: this.vpcId, tags: { Name: name } });
    return new Route(this, "PublicDefaultRoute", { routeTableId, destinationCidrBlock: "0.0.0.0/0", gatewayId });
  }
}
