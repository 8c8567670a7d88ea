import {
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";

export interface SubnetFact {
  readonly id: string;
  readonly vpcId: string;
  /** e.g. `eu-west-1a` */
  readonly zone: string;
  readonly freeAddresses: number;
}

export interface EndpointFact {
  /** e.g. `logs` or `s3` */
  readonly service: string;
  readonly isInterface: boolean;
  readonly isAvailable: boolean;
  /** Whether the service's usual name resolves to the endpoint. */
  readonly hasPrivateNames: boolean;
  readonly securityGroupIds: readonly string[];
  readonly routeTableIds: readonly string[];
}

export interface RouteTableFact {
  readonly id: string;
  /** Whether it is of subnets without one of their own. */
  readonly isMain: boolean;
  readonly subnetIds: readonly string[];
  /** Target of the route to all addresses, e.g. `igw-…` or `nat-…`; `undefined` where there is none. */
  readonly everywhere: string | undefined;
}

/** The calls of doctor about a VPC that is there already. */
export interface NetworkFacts {
  /** Subnets of a VPC. */
  subnets(vpcId: string, signal: AbortSignal): Promise<readonly SubnetFact[]>;
  endpoints(vpcId: string, signal: AbortSignal): Promise<readonly EndpointFact[]>;
  routeTables(vpcId: string, signal: AbortSignal): Promise<readonly RouteTableFact[]>;
  /** Ids of AWS's prefix lists by service, e.g. `s3` → `pl-63a5400a`. */
  prefixLists(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

export function networkFacts(access: AwsAccess): NetworkFacts {
  const { region } = access;
  const ec2 = () => new EC2Client({ ...clientSettings(access), maxAttempts: 2 });
  const ofVpc = (vpcId: string) => ({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] });
  const serviceOf = (name = "") => name.replace(`com.amazonaws.${region}.`, "");
  return {
    async subnets(vpcId, abortSignal) {
      const { Subnets = [] } = await ec2().send(new DescribeSubnetsCommand(ofVpc(vpcId)), { abortSignal });
      return Subnets.map(({ SubnetId = "", VpcId = "", AvailabilityZone = "", AvailableIpAddressCount = 0 }) => ({
        id: SubnetId,
        vpcId: VpcId,
        zone: AvailabilityZone,
        freeAddresses: AvailableIpAddressCount,
      }));
    },
    async endpoints(vpcId, abortSignal) {
      const { VpcEndpoints = [] } = await ec2().send(new DescribeVpcEndpointsCommand(ofVpc(vpcId)), { abortSignal });
      return VpcEndpoints.map((endpoint) => ({
        service: serviceOf(endpoint.ServiceName),
        isInterface: endpoint.VpcEndpointType === "Interface",
        isAvailable: endpoint.State?.toLowerCase() === "available",
        hasPrivateNames: endpoint.PrivateDnsEnabled === true,
        securityGroupIds: (endpoint.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
        routeTableIds: endpoint.RouteTableIds ?? [],
      }));
    },
    async routeTables(vpcId, abortSignal) {
      const { RouteTables = [] } = await ec2().send(new DescribeRouteTablesCommand(ofVpc(vpcId)), { abortSignal });
      return RouteTables.map(({ RouteTableId = "", Associations = [], Routes = [] }) => {
        const route = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
        return {
          id: RouteTableId,
          isMain: Associations.some(({ Main }) => Main === true),
          subnetIds: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
          everywhere: route?.NatGatewayId ?? route?.GatewayId ?? route?.TransitGatewayId ?? route?.NetworkInterfaceId,
        };
      });
    },
    async prefixLists(abortSignal) {
      const { PrefixLists = [] } = await ec2().send(new DescribePrefixListsCommand({}), { abortSignal });
      return new Map(
        PrefixLists.map(({ PrefixListName, PrefixListId = "" }) => [serviceOf(PrefixListName), PrefixListId]),
      );
    },
  };
}
