import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import type { PolicyRule } from "./policy-rule.ts";
import { synthUnder } from "./test/policy-fixture.ts";

const noDefaults: PolicyRule = {
  name: "no-defaults",
  check: ({ type, attributes }) =>
    type === "aws_vpc" && attributes.cidr_block === "172.31.0.0/16" ? "uses the default range; choose one" : undefined,
};
const waiver = { rule: "no-defaults", resource: "test/One", reason: "Moved in June.", until: "2026-07-31" };
const twoDefaults = (props = {}) =>
  synthUnder(
    noDefaults,
    (stack) => {
      for (const id of ["One", "Two"]) new Vpc(stack, id, { cidrBlock: "172.31.0.0/16" });
      new Vpc(stack, "Chosen", { cidrBlock: "10.0.0.0/16" });
      new TerraformOutput(stack, "no_resource", { value: "x" });
    },
    props,
  );

describe("the policy aspect", () => {
  test("prints every breach with path, address, remedy and rule", () => {
    const breach = (id: string) => `[test/${id}] aws_vpc.${id} uses the default range; choose one (rule no-defaults)`;
    expect(() => twoDefaults()).toThrow(`${breach("One")}\n${breach("Two")}`);
  });

  test("a waiver lets one resource pass, and no other", () => {
    expect(() => twoDefaults({ waivers: [waiver] })).toThrow(/aws_vpc\.Two/);
    expect(() => twoDefaults({ waivers: [waiver] })).not.toThrow(/aws_vpc\.One/);
    expect(() => twoDefaults({ waivers: [waiver, { ...waiver, resource: "test/Two" }] })).not.toThrow();
  });

  test("a waiver that has ended fails the synth itself", () => {
    const both = [waiver, { ...waiver, resource: "test/Two" }];
    expect(() => twoDefaults({ waivers: both, reviewedOn: "2026-08-01" })).toThrow(
      /waiver of no-defaults for test\/One ended on 2026-07-31/,
    );
  });

  test("sees resolved attributes, not tokens", () => {
    let seen: unknown;
    const look: PolicyRule = {
      name: "look",
      check: ({ address, attributes }) => {
        if (address === "aws_vpc.Second") seen = attributes.tags;
        return undefined;
      },
    };
    synthUnder(look, (stack) => {
      const first = new Vpc(stack, "First", {});
      new Vpc(stack, "Second", { tags: { Beside: first.id } });
    });
    expect(seen).toEqual({ Beside: `\${aws_vpc.First.id}` });
  });
});
