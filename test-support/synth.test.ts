import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Annotations, LocalBackend, TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { addresses, only, resources, synthApp, synthConstruct, typeCounts } from "./synth.ts";

const twoVpcs = () =>
  synthConstruct((stack) => {
    new Vpc(stack, "One", { cidrBlock: "10.0.0.0/16" });
    new Vpc(stack, "Two", { cidrBlock: "10.1.0.0/16" });
    new InternetGateway(stack, "Door", {});
  });

describe("the synth helper", () => {
  test("counts types and lists addresses in order", () => {
    expect(typeCounts(twoVpcs())).toEqual({ aws_internet_gateway: 1, aws_vpc: 2 });
    expect(addresses(twoVpcs())).toEqual(["aws_internet_gateway.Door", "aws_vpc.One", "aws_vpc.Two"]);
  });

  test("shows properties as a plan does", () => {
    expect(resources(twoVpcs(), "aws_vpc").One).toMatchObject({ cidr_block: "10.0.0.0/16" });
    expect(resources(twoVpcs(), "aws_subnet")).toEqual({});
  });

  test("refuses to pick one of two", () => {
    expect(() => only(twoVpcs(), "aws_vpc")).toThrow(/Expected one aws_vpc, found 2/);
    expect(() => only(twoVpcs(), "aws_subnet")).toThrow(/found 0/);
  });

  test("resolves references between stacks into outputs, as a deployment does", () => {
    const stacks = synthApp((app) => {
      const one = new TerraformStack(app, "one");
      const two = new TerraformStack(app, "two");
      for (const stack of [one, two]) {
        new AwsProvider(stack, "Aws", { region: "us-east-1" });
        new LocalBackend(stack, { path: `${stack.node.id}.tfstate` });
      }
      new InternetGateway(two, "Door", { vpcId: new Vpc(one, "Vpc", { cidrBlock: "10.0.0.0/16" }).id });
    });
    expect(Object.keys(stacks.one?.output ?? {})).toHaveLength(1);
    expect(only(stacks.two, "aws_internet_gateway").vpc_id).toMatch(/^\$\{data\.terraform_remote_state\./);
  });

  test("fails on an error annotation", () => {
    expect(() => synthConstruct((stack) => Annotations.of(stack).addError("not like this"))).toThrow();
  });
});
