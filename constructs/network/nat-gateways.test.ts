import { describe, expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { NatGateways } from "./nat-gateways.ts";
import { Network } from "./network.ts";

const synth = (count: number) =>
  synthConstruct((scope) => {
    const zones = ["a", "b", "c"];
    const network = new Network(scope, "Network", { name: "test", region: "us-east-1", zones, cidr: "10.20.0.0/16" });
    new NatGateways(scope, "Nat", { name: "test", network, zones, count });
  });
const zoneOf = (reference: string) => /Subnets_([a-f])_/.exec(reference)?.[1];
const routesOf = (stack: ReturnType<typeof synth>) =>
  Object.values(resources(stack, "aws_route")).filter(({ nat_gateway_id }) => nat_gateway_id !== undefined);

describe("the NAT gateways", () => {
  test("are in public subnets, each with an address of its own, and are created after the VPC's internet route", () => {
    const stack = synth(3);
    const gateways = Object.values(resources(stack, "aws_nat_gateway"));
    expect(gateways.map(({ subnet_id }) => subnet_id)).toEqual([
      expect.stringContaining("PublicSubnets_a"),
      expect.stringContaining("PublicSubnets_b"),
      expect.stringContaining("PublicSubnets_c"),
    ]);
    expect(new Set(gateways.map(({ allocation_id }) => allocation_id)).size).toBe(3);
    expect(Object.keys(resources(stack, "aws_eip"))).toHaveLength(3);
    for (const { depends_on } of gateways)
      expect(depends_on).toEqual([expect.stringMatching(/^aws_route\.Network_PublicDefaultRoute/)]);
  });

  test("are internet egress of the gateways' subnets alone, each zone through its own", () => {
    const routes = routesOf(synth(3));
    expect(routes.map(({ route_table_id }) => zoneOf(route_table_id))).toEqual(["a", "b", "c"]);
    for (const { route_table_id } of routes) expect(route_table_id).toContain("GatewaySubnets");
    expect(new Set(routes.map(({ nat_gateway_id }) => nat_gateway_id)).size).toBe(3);
  });

  test("are shared by zones that have none", () => {
    const routes = routesOf(synth(1));
    expect(routes).toHaveLength(3);
    expect(new Set(routes.map(({ nat_gateway_id }) => nat_gateway_id)).size).toBe(1);
  });
});
