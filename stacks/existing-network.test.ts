import { describe, expect, test } from "vitest";
import { forecast } from "../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../domain/cost/usage.ts";
import { evaluate } from "../domain/iam/evaluate.ts";
import { parsePolicy } from "../domain/iam/policy.ts";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { EXISTING_NETWORK } from "../test-support/existing-network.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { only, resources, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const inVpc = (changed: object = {}) =>
  validateEnvironment(
    { ...dev, network: { ...dev.network, existing: { ...EXISTING_NETWORK, ...changed } } },
    "environments/dev.ts",
  );
const environment = inVpc();
const stacks = synth(environment);
const { vpcId, loadBalancerSubnetIds, gatewaySubnetIds, engineSubnetIds, endpoints } = EXISTING_NETWORK;

describe("an environment in a VPC that is there already", () => {
  // documented: existing-network
  test("adds security groups and their rules to it, and nothing else", () => {
    expect(typeCounts(stacks["dev-network"])).toEqual({
      aws_security_group: 4,
      aws_vpc_security_group_egress_rule: 10,
      aws_vpc_security_group_ingress_rule: 7,
    });
    for (const group of Object.values(resources(stacks["dev-network"], "aws_security_group")))
      expect(group.vpc_id).toBe(vpcId);
  });

  test("has load balancer, gateways, engines, functions and the link in the subnets of each", () => {
    const serving = stacks["dev-serving"];
    expect(only(serving, "aws_lb").subnets).toEqual(loadBalancerSubnetIds);
    const groups = Object.values(resources(serving, "aws_autoscaling_group")).map(({ name, vpc_zone_identifier }) => [
      name,
      vpc_zone_identifier,
    ]);
    expect(Object.fromEntries(groups)).toEqual({
      "sluice-dev-gateway": gatewaySubnetIds,
      "sluice-dev-engine-phi-3-mini": engineSubnetIds,
    });
    for (const targets of Object.values(resources(serving, "aws_lb_target_group"))) expect(targets.vpc_id).toBe(vpcId);
    expect(only(stacks["dev-edge"], "aws_apigatewayv2_vpc_link").subnet_ids).toEqual(engineSubnetIds);
  });

  test("lets gateways and engines into the group of the VPC's endpoints, and out to S3 and DynamoDB", () => {
    const into = Object.values(resources(stacks["dev-network"], "aws_vpc_security_group_ingress_rule")).filter(
      ({ security_group_id }) => security_group_id === endpoints.securityGroupId,
    );
    const party = (id: string) => /SecurityGroups_(\w+?)_/.exec(id)?.[1];
    expect(into.map((rule) => [party(rule.referenced_security_group_id), rule.from_port]).sort()).toEqual([
      ["Engine", 443],
      ["Gateway", 443],
    ]);
    const lists = Object.values(resources(stacks["dev-network"], "aws_vpc_security_group_egress_rule")).flatMap(
      ({ prefix_list_id, security_group_id }) =>
        prefix_list_id ? [`${party(security_group_id)} ${prefix_list_id}`] : [],
    );
    expect(lists.sort()).toEqual([
      `Engine ${endpoints.s3PrefixListId}`,
      `Gateway ${endpoints.dynamodbPrefixListId}`,
      `Gateway ${endpoints.s3PrefixListId}`,
    ]);
  });

  test("lets gateways out to a provider outside AWS by the VPC's own NAT gateways", () => {
    const network = synth({ ...environment, providers: { example: OUTSIDE_PROVIDER } })["dev-network"];
    expect(typeCounts(network)).not.toHaveProperty("aws_nat_gateway");
    const out = Object.values(resources(network, "aws_vpc_security_group_egress_rule")).filter(
      ({ cidr_ipv4 }) => cidr_ipv4,
    );
    expect(out).toMatchObject([{ cidr_ipv4: "0.0.0.0/0", from_port: 443, to_port: 443 }]);
  });

  test("has no cost of endpoints, NAT gateways and the VPC's log", () => {
    const providers = { example: OUTSIDE_PROVIDER };
    const costs = new Map(
      forecast({ ...environment, providers }, DEFAULT_USAGE).byType.map(({ type, expected }) => [type, expected]),
    );
    expect(costs.get("Interface endpoints")).toBe(0);
    expect(costs.get("NAT gateways")).toBe(0);
  });

  test("lets CI's role take its rules out of the endpoints' group again, and no other group's that is not tagged", () => {
    const ci = { repository: "owner/name", branches: [], environments: ["dev"], oidcProvider: "create" as const };
    const bootstrap = synth({ ...environment, ci })["dev-bootstrap"];
    const policies = ["aws_iam_role_policy", "aws_iam_policy"].flatMap((type) =>
      Object.values(resources(bootstrap, type)).map(({ policy }) => String(policy)),
    );
    const statements = policies.flatMap((policy) => parsePolicy(policy));
    const revoke = (group: string) =>
      evaluate(statements, {
        action: "ec2:RevokeSecurityGroupIngress",
        resource: `arn:aws:ec2:${dev.region}:123456789012:security-group/${group}`,
        context: { "aws:RequestedRegion": dev.region },
      });
    expect(revoke(endpoints.securityGroupId)).toBe("allowed");
    expect(revoke("sg-0f0f0f0f0f0f0f0f0")).toBe("not allowed");
  });

  test("changes nothing of an environment that has its own VPC", () => {
    const without = validateEnvironment({ ...dev, network: { ...dev.network, existing: null } }, "environments/dev.ts");
    expect(synth(without)["dev-network"]).toEqual(synth(dev)["dev-network"]);
  });
});

test.each([
  [{ vpcId: "my-vpc" }, /network\.existing\.vpcId: must be the id of a VPC \(vpc-…\), got "my-vpc"/],
  [
    { gatewaySubnetIds: [...gatewaySubnetIds, "subnet-0000000000000001c"] },
    /network\.existing\.gatewaySubnetIds: must have one subnet for each of the 2 zones/,
  ],
  [
    { engineSubnetIds: [engineSubnetIds[0], engineSubnetIds[0]] },
    /network\.existing\.engineSubnetIds: must not repeat a subnet/,
  ],
])("%j is refused", (changed, problem) => {
  expect(() => inVpc(changed)).toThrow(problem);
});
