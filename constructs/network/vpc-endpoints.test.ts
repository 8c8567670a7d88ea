import { describe, expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { Network } from "./network.ts";
import { VpcEndpoints } from "./vpc-endpoints.ts";

const synth = (hasEngines: boolean) =>
  synthConstruct((scope) => {
    const network = new Network(scope, "Network", {
      name: "t",
      region: "eu-west-1",
      zones: ["a", "b"],
      cidr: "10.0.0.0/16",
    });
    new VpcEndpoints(scope, "Endpoints", {
      name: "test",
      region: "eu-west-1",
      network,
      securityGroupId: "sg-1",
      subnetIds: ["subnet-1"],
      hasEngines,
    });
  });
const named = (stack: ReturnType<typeof synth>) =>
  Object.values(resources(stack, "aws_vpc_endpoint"))
    .map(({ service_name, vpc_endpoint_type }) => `${vpc_endpoint_type} ${service_name}`)
    .sort();
const stack = synth(true);
const endpoints = Object.values(resources(stack, "aws_vpc_endpoint"));

describe("the endpoints", () => {
  test("are these and no more: each interface costs by the hour", () => {
    expect(named(stack)).toEqual([
      "Gateway com.amazonaws.eu-west-1.dynamodb",
      "Gateway com.amazonaws.eu-west-1.s3",
      "Interface com.amazonaws.eu-west-1.autoscaling",
      "Interface com.amazonaws.eu-west-1.ec2",
      "Interface com.amazonaws.eu-west-1.elasticloadbalancing",
      "Interface com.amazonaws.eu-west-1.logs",
      "Interface com.amazonaws.eu-west-1.monitoring",
    ]);
  });

  test("without engines there are no endpoints for the two services that only engines call", () => {
    expect(named(synth(false))).toEqual([
      "Gateway com.amazonaws.eu-west-1.dynamodb",
      "Gateway com.amazonaws.eu-west-1.s3",
      "Interface com.amazonaws.eu-west-1.ec2",
      "Interface com.amazonaws.eu-west-1.elasticloadbalancing",
      "Interface com.amazonaws.eu-west-1.logs",
    ]);
  });

  test("each has a policy of its own instead of AWS's default, which allows everything", () => {
    for (const { policy } of endpoints) expect(JSON.parse(policy).Statement[0].Sid).toMatch(/^Own/);
  });

  test("gateway endpoints serve the private and the gateways' route tables, interfaces have private names and the group", () => {
    for (const endpoint of endpoints) {
      if (endpoint.vpc_endpoint_type === "Gateway")
        expect(endpoint.route_table_ids).toEqual([
          expect.stringContaining("PrivateRoutes"),
          expect.stringContaining("GatewaySubnets_a"),
          expect.stringContaining("GatewaySubnets_b"),
        ]);
      else
        expect(endpoint).toMatchObject({
          private_dns_enabled: true,
          security_group_ids: ["sg-1"],
          subnet_ids: ["subnet-1"],
        });
    }
  });
});
