import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { asObject, asText } from "../../local/template/json.ts";
import { type Applied, expectAll, type ReadBack } from "./read-back.ts";

export const NETWORK: readonly ReadBack[] = [
  {
    claim: "only 443 comes in from outside, all else from groups of the same VPC",
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
    claim: "nothing may be sent to the whole internet",
    check: async (applied) => {
      const rules = (await securityGroupRules(applied)).filter(({ IsEgress }) => IsEgress === true);
      expectAll("egress rules", rules, ({ CidrIpv4, CidrIpv6 }) => CidrIpv4 !== "0.0.0.0/0" && CidrIpv6 !== "::/0");
    },
  },
  {
    claim: "private subnets have no route to the internet",
    check: async (applied) => {
      const subnets = Object.entries(applied.attributes)
        .filter(([address]) => address.startsWith("aws_subnet.") && address.includes("Private"))
        .map(([, attributes]) => asText(asObject(attributes).id));
      const client = new EC2Client(applied.client);
      const { RouteTables = [] } = await client.send(
        new DescribeRouteTablesCommand({ Filters: [{ Name: "association.subnet-id", Values: subnets }] }),
      );
      expectAll("route tables of private subnets", RouteTables, ({ Routes = [] }) =>
        Routes.every(
          ({ DestinationCidrBlock, GatewayId = "" }) =>
            DestinationCidrBlock !== "0.0.0.0/0" && !GatewayId.startsWith("igw-"),
        ),
      );
    },
  },
];

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
