import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
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
      aws_route_table: 4,
      aws_route_table_association: 6,
      aws_security_group: 5,
      aws_subnet: 6,
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

  // documented: only-443-from-outside
  test("connections from outside come through the VPC link alone, on 443", () => {
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

  test("engines accept connections from gateways and the load balancer only", () => {
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

  describe("with a provider outside AWS", () => {
    const open = synth({ ...dev, providers: { example: OUTSIDE_PROVIDER } });
    const network = open["dev-network"];

    test("gets a NAT gateway, its address, a route for each zone's gateways and one rule", () => {
      const [with_, without] = [typeCounts(network), typeCounts(stack)];
      const more = Object.entries(with_).filter(([type, count]) => count !== without[type]);
      expect(Object.fromEntries(more)).toEqual({
        aws_eip: 1,
        aws_nat_gateway: 1,
        aws_route: 3,
        aws_vpc_endpoint: 8, // the secret's
        aws_vpc_security_group_egress_rule: 11,
      });
      expect(network?.output?.nat_addresses?.value).toEqual([expect.stringMatching(/^\$\{aws_eip\..*public_ip\}$/)]);
    });

    test("allows egress on 443 to gateways and to no other group", () => {
      const outside = Object.values(resources(network, "aws_vpc_security_group_egress_rule")).filter(
        ({ cidr_ipv4 }) => cidr_ipv4 !== undefined,
      );
      expect(outside).toHaveLength(1);
      expect(outside[0]).toMatchObject({ cidr_ipv4: "0.0.0.0/0", from_port: 443, to_port: 443, ip_protocol: "tcp" });
      expect(outside[0]?.security_group_id).toContain("SecurityGroups_Gateway_");
    });

    test("no engine has a route to the internet: its subnets' table has none, and its group no rule", () => {
      const engines = Object.values(resources(open["dev-serving"], "aws_autoscaling_group")).filter(({ name }) =>
        name.includes("-engine-"),
      );
      expect(engines.length).toBeGreaterThan(0);
      const names = engines.flatMap(({ vpc_zone_identifier }) =>
        vpc_zone_identifier.map(
          (subnet: string) => /aws_subnet(Network_PrivateSubnets_\w+?_[0-9A-F]{8})id/.exec(subnet)?.[1],
        ),
      );
      const associations = Object.values(resources(network, "aws_route_table_association"));
      const tables = names.map(
        (name: string) => associations.find(({ subnet_id }) => subnet_id.includes(`.${name}.`))?.route_table_id,
      );
      expect(new Set(tables)).toEqual(new Set([expect.stringContaining("PrivateRoutes")]));
      const routes = Object.values(resources(network, "aws_route"));
      expect(routes.filter(({ route_table_id }) => tables.includes(route_table_id))).toEqual([]);
    });

    test("has NAT gateways in as many zones as there are gateways at least", async () => {
      const prod = await loadEnvironment("prod");
      const three = synth({ ...prod, providers: { example: OUTSIDE_PROVIDER } })["prod-network"];
      expect(typeCounts(three)).toMatchObject({ aws_nat_gateway: 3, aws_eip: 3, aws_route: 4 });
    });
  });

  test("an environment whose providers are added at run time can have internet egress", () => {
    const network = { ...dev.network, natGateway: "always" as const };
    expect(typeCounts(synth({ ...dev, network })["dev-network"])).toMatchObject({ aws_nat_gateway: 1, aws_eip: 1 });
  });

  test.each(["s3", "dynamodb"])(
    "the %s endpoint allows exactly the actions that instances' roles allow there",
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

  test("an interface endpoint is in as many zones as there are gateways at least", async () => {
    const subnetCounts = (network: typeof stack) =>
      Object.values(resources(network, "aws_vpc_endpoint"))
        .filter(({ vpc_endpoint_type }) => vpc_endpoint_type === "Interface")
        .map(({ subnet_ids }) => subnet_ids.length);
    expect(subnetCounts(stack)).toEqual([1, 1, 1, 1, 1]);
    expect(subnetCounts(synth(await loadEnvironment("prod"))["prod-network"])).toEqual([3, 3, 3, 3, 3]);
  });
});
