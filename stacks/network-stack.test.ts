import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { resources, statements, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const stack = synth(dev)["dev-network"];
const rules = [
  ...Object.values(resources(stack, "aws_vpc_security_group_ingress_rule")),
  ...Object.values(resources(stack, "aws_vpc_security_group_egress_rule")),
];

describe("the network stack", () => {
  test("holds these resources and no NAT", () => {
    expect(typeCounts(stack)).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_default_security_group: 1,
      aws_flow_log: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_internet_gateway: 1,
      aws_route: 1,
      aws_route_table: 2,
      aws_route_table_association: 4,
      aws_security_group: 5,
      aws_subnet: 4,
      aws_vpc: 1,
      aws_vpc_endpoint: 7,
      aws_vpc_security_group_egress_rule: 10,
      aws_vpc_security_group_ingress_rule: 7,
    });
  });

  test("no rule lets an address range in or out", () => {
    for (const rule of rules) {
      expect(rule).not.toHaveProperty("cidr_ipv4");
      expect(rule).not.toHaveProperty("cidr_ipv6");
    }
  });

  test("the only way in from outside is the VPC link, on 443", () => {
    const fromLink = Object.values(resources(stack, "aws_vpc_security_group_ingress_rule")).filter(
      ({ referenced_security_group_id }) => referenced_security_group_id.includes("VpcLink"),
    );
    expect(fromLink).toHaveLength(1);
    expect(fromLink[0]).toMatchObject({ ip_protocol: "tcp", from_port: 443, to_port: 443 });
    const intoLink = Object.values(resources(stack, "aws_vpc_security_group_ingress_rule")).filter(
      ({ security_group_id }) => security_group_id.includes("VpcLink"),
    );
    expect(intoLink).toEqual([]);
  });

  test("engines take connections from gateways and the load balancer only", () => {
    const sources = Object.values(resources(stack, "aws_vpc_security_group_ingress_rule"))
      .filter(({ security_group_id }) => security_group_id.includes("_Engine_"))
      .map(({ referenced_security_group_id, from_port }) => [
        /SecurityGroups_(\w+?)_/.exec(referenced_security_group_id)?.[1],
        from_port,
      ]);
    expect(sources.sort()).toEqual([
      ["Gateway", 8000],
      ["LoadBalancer", 8000],
    ]);
  });

  test.each(["s3", "dynamodb"])(
    "the %s endpoint lets through all that instances may do there, and no more",
    (service) => {
      const ofService = (policies: readonly string[]) =>
        policies
          .flatMap(statements)
          .flatMap(({ Action }) => Action)
          .filter((action) => action.startsWith(`${service}:`));
      const serving = Object.values(resources(synth(dev)["dev-serving"], "aws_iam_role_policy"));
      const endpoints = Object.values(resources(stack, "aws_vpc_endpoint"));
      const passed = endpoints.filter(({ service_name }) => service_name.endsWith(`.${service}`));
      expect(new Set(ofService(passed.map(({ policy }) => policy)))).toEqual(
        new Set(ofService(serving.map(({ policy }) => policy))),
      );
    },
  );

  test("an interface endpoint stands in as many zones as there are gateways at least", async () => {
    const subnetCounts = (network: typeof stack) =>
      Object.values(resources(network, "aws_vpc_endpoint"))
        .filter(({ vpc_endpoint_type }) => vpc_endpoint_type === "Interface")
        .map(({ subnet_ids }) => subnet_ids.length);
    expect(subnetCounts(stack)).toEqual([1, 1, 1, 1, 1]);
    expect(subnetCounts(synth(await loadEnvironment("prod"))["prod-network"])).toEqual([3, 3, 3, 3, 3]);
  });
});
