import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { Network } from "./network.ts";

const stack = synthConstruct((scope) => {
  new Network(scope, "Network", { name: "test", region: "us-east-1", zones: ["a", "c"], cidr: "10.20.0.0/16" });
});

describe("the network", () => {
  // documented: subnets-per-zone
  test("has three subnets per zone, one internet gateway and no NAT", () => {
    expect(typeCounts(stack)).toEqual({
      aws_default_security_group: 1,
      aws_internet_gateway: 1,
      aws_route: 1,
      aws_route_table: 4,
      aws_route_table_association: 6,
      aws_subnet: 6,
      aws_vpc: 1,
    });
  });

  // documented: internet-route-public-only
  test("only the public route table has a route to the internet", () => {
    expect(only(stack, "aws_route")).toMatchObject({
      destination_cidr_block: "0.0.0.0/0",
      route_table_id: expect.stringContaining("PublicRoutes"),
      gateway_id: expect.stringContaining("aws_internet_gateway"),
    });
  });

  test("private subnets belong to the private route table, public ones to the public one, each of gateways to its own", () => {
    for (const { subnet_id, route_table_id } of Object.values(resources(stack, "aws_route_table_association"))) {
      const [, tier, zone] = /(Public|Private|Gateway)Subnets_([a-f])/.exec(subnet_id) ?? [];
      expect(route_table_id).toContain(tier === "Gateway" ? `GatewaySubnets_${zone}_RouteTable` : `${tier}Routes`);
    }
  });

  test("no subnet assigns public addresses", () => {
    for (const subnet of Object.values(resources(stack, "aws_subnet"))) {
      expect(subnet.map_public_ip_on_launch).toBe(false);
    }
  });

  test("subnets are in the zones of the props", () => {
    const zones = Object.values(resources(stack, "aws_subnet")).map(({ availability_zone }) => availability_zone);
    expect(zones.sort()).toEqual([...Array(3).fill("us-east-1a"), ...Array(3).fill("us-east-1c")]);
  });

  test("the default security group has no rules", () => {
    expect(only(stack, "aws_default_security_group")).not.toHaveProperty("ingress");
    expect(only(stack, "aws_default_security_group")).not.toHaveProperty("egress");
  });
});
