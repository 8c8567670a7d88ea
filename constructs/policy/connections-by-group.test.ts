import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { describe, expect, test } from "vitest";
import { connectionsByGroup } from "./connections-by-group.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const check = (type: string, attributes: Record<string, unknown>) =>
  connectionsByGroup.check(resource(type, attributes), []);
const range = (cidr: string, from: number, to = from) => ({ cidr_ipv4: cidr, from_port: from, to_port: to });

describe("the rule that security groups name each other", () => {
  test("one group lets another in", () => {
    const rule = { referenced_security_group_id: "sg-1", from_port: 8000, to_port: 8000 };
    expect(check("aws_vpc_security_group_ingress_rule", rule)).toBeUndefined();
    expect(check("aws_vpc_security_group_egress_rule", { prefix_list_id: "pl-1" })).toBeUndefined();
  });

  test("from outside only 443 comes in", () => {
    const into = (rule: object) => check("aws_vpc_security_group_ingress_rule", { ...rule });
    expect(into(range("0.0.0.0/0", 443))).toBeUndefined();
    expect(into(range("0.0.0.0/0", 22))).toMatch(/lets 0\.0\.0\.0\/0 in on 22/);
    expect(into(range("0.0.0.0/0", 443, 8443))).toMatch(/in on 443 to 8443/);
    expect(into({ cidr_ipv6: "::/0", ip_protocol: "-1" })).toMatch(/in on all ports of -1/);
    expect(into(range("10.0.0.0/16", 443))).toMatch(/name the other security group/);
  });

  test("ranges of other networks reach the entry alone, on 443", () => {
    const entry = resource("aws_security_group", { tags: { Tier: "entry" } });
    const into = (stack: readonly ReturnType<typeof resource>[], rule: object) =>
      connectionsByGroup.check(
        resource("aws_vpc_security_group_ingress_rule", { security_group_id: `\${aws_security_group.It.id}`, ...rule }),
        stack,
      );
    expect(into([entry], range("10.0.0.0/8", 443))).toBeUndefined();
    expect(into([entry], range("10.0.0.0/8", 8000))).toMatch(/lets 10\.0\.0\.0\/8 in on 8000/);
    expect(into([resource("aws_security_group")], range("10.0.0.0/8", 443))).toMatch(/name the other security group/);
  });

  test("nothing goes out to a range of addresses", () => {
    expect(check("aws_vpc_security_group_egress_rule", range("0.0.0.0/0", 443))).toMatch(/endpoint's prefix list/);
  });

  test("only gateways go out, on 443, and only where there is a NAT gateway", () => {
    const group = resource("aws_security_group", { tags: { Tier: "gateway" } });
    const nat = resource("aws_nat_gateway");
    const out = (stack: readonly ReturnType<typeof resource>[], rule: object = range("0.0.0.0/0", 443)) =>
      connectionsByGroup.check(
        resource("aws_vpc_security_group_egress_rule", { security_group_id: `\${aws_security_group.It.id}`, ...rule }),
        stack,
      );
    expect(out([group, nat])).toBeUndefined();
    expect(out([group])).toMatch(/lets connections out/);
    expect(out([resource("aws_security_group"), nat])).toMatch(/lets connections out/);
    const guest = resource("aws_security_group", { tags: { Tier: "gateway", Network: "existing" } });
    expect(out([guest])).toBeUndefined(); // the NAT gateway is the network's owner's
    expect(out([guest], range("0.0.0.0/0", 80))).toMatch(/out to 0\.0\.0\.0\/0 on 80/);
    expect(out([group, nat], range("0.0.0.0/0", 80))).toMatch(/out to 0\.0\.0\.0\/0 on 80/);
    expect(out([group, nat], range("52.0.0.0/8", 443))).toMatch(/lets connections out/);
  });

  test("the older kind of rule is read too", () => {
    const rule = { from_port: 22, to_port: 22, cidr_blocks: ["0.0.0.0/0"] };
    expect(check("aws_security_group_rule", { ...rule, type: "ingress" })).toMatch(/in on 22/);
    expect(check("aws_security_group_rule", { ...rule, type: "egress" })).toMatch(/out to 0\.0\.0\.0\/0/);
  });

  test("a group has no rules of its own", () => {
    expect(check("aws_security_group", {})).toBeUndefined();
    expect(check("aws_security_group", { ingress: [{ from_port: 22 }] })).toMatch(/rules of its own/);
    expect(check("aws_default_security_group", { egress: [{}] })).toMatch(/rules of its own/);
  });

  test("fails a synth by the resource's address", () => {
    expect(() =>
      synthUnder(connectionsByGroup, (stack) => {
        const open = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" };
        new VpcSecurityGroupIngressRule(stack, "Ssh", open);
      }),
    ).toThrow(/aws_vpc_security_group_ingress_rule\.Ssh lets 0\.0\.0\.0\/0 in on 22/);
  });
});
