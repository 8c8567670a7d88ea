import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { describe, expect, test } from "vitest";
import { Network } from "../network/network.ts";
import { isolatedSubnets } from "./isolated-subnets.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const network = { name: "t", region: "us-east-1", zones: ["a", "b"], cidr: "10.0.0.0/16" };

describe("the rule that private subnets are isolated", () => {
  test("lets the network's own public route pass", () => {
    expect(() => synthUnder(isolatedSubnets, (stack) => new Network(stack, "Network", network))).not.toThrow();
  });

  test.each([{ destinationCidrBlock: "0.0.0.0/0" }, { destinationIpv6CidrBlock: "::/0" }])(
    "a route of private subnets to %j fails a synth by its address",
    (destination) => {
      const build = () =>
        synthUnder(isolatedSubnets, (stack) => {
          const { privateRouteTableId } = new Network(stack, "Network", network);
          new Route(stack, "Leak", { routeTableId: privateRouteTableId, natGatewayId: "nat-1", ...destination });
        });
      expect(build).toThrow(/aws_route\.Leak leads aws_subnet\.Network_PrivateSubnets_a_\w+ to the internet/);
    },
  );

  test("gateways' subnets may lead to a NAT gateway, not to the internet gateway", () => {
    const build = (target: { natGatewayId: string } | { gatewayId: string }) => () =>
      synthUnder(isolatedSubnets, (stack) => {
        const [routeTableId = ""] = new Network(stack, "Network", network).gatewayRouteTableIds;
        new Route(stack, "Egress", { routeTableId, destinationCidrBlock: "0.0.0.0/0", ...target });
      });
    expect(build({ natGatewayId: "nat-1" })).not.toThrow();
    expect(build({ gatewayId: "igw-1" })).toThrow(/aws_route\.Egress leads aws_subnet\.Network_GatewaySubnets_a_\w+/);
  });

  test("a route to a limited range may be in any subnet's table", () => {
    const route = resource("aws_route", { route_table_id: "rtb", destination_cidr_block: "10.1.0.0/16" });
    const association = resource("aws_route_table_association", { route_table_id: "rtb", subnet_id: "subnet" });
    expect(isolatedSubnets.check(route, [association])).toBeUndefined();
  });

  test("a table has no routes of its own", () => {
    expect(isolatedSubnets.check(resource("aws_route_table", { route: [{ cidr_block: "0.0.0.0/0" }] }), [])).toMatch(
      /write each as a route resource/,
    );
    expect(isolatedSubnets.check(resource("aws_route_table"), [])).toBeUndefined();
  });
});
