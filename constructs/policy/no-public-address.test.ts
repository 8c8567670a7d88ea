import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { describe, expect, test } from "vitest";
import { noPublicAddress } from "./no-public-address.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const check = (type: string, attributes: Record<string, unknown>) =>
  noPublicAddress.check(resource(type, attributes), []);

describe("the rule against public addresses", () => {
  test.each([
    ["aws_subnet", { map_public_ip_on_launch: true }, /map_public_ip_on_launch to false/],
    ["aws_instance", { associate_public_ip_address: true }, /has a public address/],
    ["aws_launch_template", { network_interfaces: [{ associate_public_ip_address: "true" }] }, /public addresses/],
    ["aws_lb", {}, /faces the internet .*; set internal to true/],
    ["aws_eip", {}, /write a waiver/],
  ])("%s with %j is a breach", (type, attributes, message) => {
    expect(check(type, attributes)).toMatch(message);
  });

  test.each([
    ["aws_subnet", { map_public_ip_on_launch: false }],
    ["aws_instance", {}],
    ["aws_launch_template", { network_interfaces: [{ associate_public_ip_address: "false" }] }],
    ["aws_lb", { internal: true }],
  ])("%s with %j is none", (type, attributes) => {
    expect(check(type, attributes)).toBeUndefined();
  });

  test("a load balancer may face the internet with HTTPS on 443 and nothing else", () => {
    const listener = (protocol: string, port: number) =>
      resource("aws_lb_listener", { load_balancer_arn: `\${aws_lb.It.arn}`, protocol, port });
    const open = (...listeners: readonly ReturnType<typeof resource>[]) =>
      noPublicAddress.check(resource("aws_lb", { internal: false }), listeners);
    expect(open(listener("HTTPS", 443))).toBeUndefined();
    expect(open(listener("HTTPS", 443), listener("HTTP", 8000))).toMatch(/another listener than HTTPS on 443/);
    expect(open(listener("HTTP", 80))).toMatch(/faces the internet/);
  });

  test("an address may be a NAT gateway's", () => {
    const nat = resource("aws_nat_gateway", { allocation_id: `\${aws_eip.It.id}` });
    expect(noPublicAddress.check(resource("aws_eip"), [nat])).toBeUndefined();
    expect(noPublicAddress.check(resource("aws_eip"), [resource("aws_nat_gateway")])).toMatch(/of no NAT gateway/);
  });

  test("fails a synth by the resource's address", () => {
    expect(() =>
      synthUnder(noPublicAddress, (stack) => new Subnet(stack, "Open", { vpcId: "v", mapPublicIpOnLaunch: true })),
    ).toThrow(/aws_subnet\.Open assigns public addresses to instances/);
  });
});
