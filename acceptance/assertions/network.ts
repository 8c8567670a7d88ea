import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { asObject, asText } from "../../local/template/json.ts";
import { type Applied, expectAll, type StackAssertion } from "./assertion.ts";

export const NETWORK: readonly StackAssertion[] = [
  {
    claim: "only 443 comes in from outside, all else from groups of the same VPC",
    types: ["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_default_security_group"],
    check: async (applied) => {
      const rules = (await securityGroupRules(applied)).filter(({ IsEgress }) => IsEgress === false);
      expectAll(
        "ingress rules",
        rules,
        (rule) => rule.ReferencedGroupInfo?.GroupId !== undefined || (rule.FromPort === 443 && rule.ToPort === 443),
      );
    },
  },
  {
    claim: "only gateways have internet egress, on 443, where there is a NAT gateway",
    types: ["aws_security_group", "aws_vpc_security_group_egress_rule", "aws_default_security_group"],
    check: async (applied) => {
      const rules = (await securityGroupRules(applied)).filter(({ IsEgress }) => IsEgress === true);
      const mayLeave =
        idsOf(applied, "aws_nat_gateway.").length > 0 ? idsOf(applied, "aws_security_group.", "_Gateway_") : [];
      expectAll(
        "egress rules",
        rules,
        ({ CidrIpv4, CidrIpv6, FromPort, ToPort, GroupId = "" }) =>
          (CidrIpv4 !== "0.0.0.0/0" && CidrIpv6 !== "::/0") ||
          (mayLeave.includes(GroupId) && FromPort === 443 && ToPort === 443),
      );
    },
  },
  {
    claim: "private subnets have no route to the internet",
    types: ["aws_route_table", "aws_route_table_association", "aws_route"],
    check: async (applied) => {
      expectAll("route tables of private subnets", await routeTables(applied, "PrivateSubnets"), ({ Routes = [] }) =>
        Routes.every(
          ({ DestinationCidrBlock, GatewayId = "" }) =>
            DestinationCidrBlock !== "0.0.0.0/0" && !GatewayId.startsWith("igw-"),
        ),
      );
    },
  },
  {
    claim: "gateways' subnets have no route to the internet but to a NAT gateway of this stack, where there is one",
    types: ["aws_route_table", "aws_route_table_association", "aws_route", "aws_nat_gateway"],
    check: async (applied) => {
      const natGateways = idsOf(applied, "aws_nat_gateway.");
      expectAll(
        "route tables of gateways' subnets",
        await routeTables(applied, "GatewaySubnets"),
        ({ Routes = [] }) => {
          const defaultRoutes = Routes.filter(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
          return (
            defaultRoutes.length === Math.min(1, natGateways.length) &&
            defaultRoutes.every(({ NatGatewayId = "" }) => natGateways.includes(NatGatewayId))
          );
        },
      );
    },
  },
];

/** Ids of the stack's resources of a type, whose address has a part in it. */
function idsOf({ attributes }: Applied, type: string, part = ""): readonly string[] {
  return Object.entries(attributes)
    .filter(([address]) => address.startsWith(type) && address.includes(part))
    .map(([, values]) => asText(asObject(values).id));
}

async function routeTables(applied: Applied, subnets: "PrivateSubnets" | "GatewaySubnets") {
  const client = new EC2Client(applied.client);
  const Values = [...idsOf(applied, "aws_subnet.", subnets)];
  const { RouteTables = [] } = await client.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "association.subnet-id", Values }] }),
  );
  return RouteTables;
}

/** Rules of every group of the stack's VPC, its default group's too. */
async function securityGroupRules({ client, attributes }: Applied) {
  const [vpc] = Object.entries(attributes).filter(([address]) => address.startsWith("aws_vpc."));
  const ec2 = new EC2Client(client);
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [{ Name: "vpc-id", Values: [asText(asObject(vpc?.[1]).id)] }],
    }),
  );
  const groups = SecurityGroups.flatMap(({ GroupId }) => (GroupId === undefined ? [] : [GroupId]));
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: groups }] }),
  );
  return SecurityGroupRules;
}
