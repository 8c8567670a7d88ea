import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { SecurityGroups } from "./security-groups.ts";

const stack = synthConstruct((scope) => {
  const groups = new SecurityGroups(scope, "Groups", { name: "test", vpcId: "vpc-1" });
  groups.allowPrefixList("EngineToS3", { securityGroupId: groups.engineId, prefixListId: "pl-1", why: "Weights" });
});
const party = (reference: string) => /Groups_(\w+?)_[0-9A-F]{8}\.id/.exec(reference)?.[1];

describe("the security groups", () => {
  test("every flow is one rule out and one rule in", () => {
    expect(typeCounts(stack)).toEqual({
      aws_security_group: 5,
      aws_vpc_security_group_egress_rule: 8,
      aws_vpc_security_group_ingress_rule: 7,
    });
  });

  // documented: open-connections
  test("these are all connections that can be opened", () => {
    const flows = Object.values(resources(stack, "aws_vpc_security_group_ingress_rule")).map(
      (rule) => `${party(rule.referenced_security_group_id)} > ${party(rule.security_group_id)}:${rule.from_port}`,
    );
    expect(flows.sort()).toEqual([
      "Engine > Endpoints:443",
      "Gateway > Endpoints:443",
      "Gateway > Engine:8000",
      "Gateway > LoadBalancer:8000",
      "LoadBalancer > Engine:8000",
      "LoadBalancer > Gateway:8080",
      "VpcLink > LoadBalancer:443",
    ]);
  });

  test("groups carry no rules of their own, which would undo the separate ones", () => {
    for (const group of Object.values(resources(stack, "aws_security_group"))) {
      expect(group).not.toHaveProperty("ingress");
      expect(group).not.toHaveProperty("egress");
    }
  });

  test("a prefix list is reached on 443 only", () => {
    const rule = Object.values(resources(stack, "aws_vpc_security_group_egress_rule")).find((it) => it.prefix_list_id);
    expect(rule).toMatchObject({ prefix_list_id: "pl-1", from_port: 443, to_port: 443, ip_protocol: "tcp" });
    expect(only({ resource: { one: { rule: rule ?? {} } } }, "one").security_group_id).toContain("Engine");
  });
});
