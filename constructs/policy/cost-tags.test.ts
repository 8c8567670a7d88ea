import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { describe, expect, test } from "vitest";
import { costTags } from "./cost-tags.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const tags = { Project: "sluice", Stack: "serving" };
const rule = costTags({ tags });
const check = (type: string, attributes: Record<string, unknown>) => rule.check(resource(type, attributes), []);

describe("the rule on cost tags", () => {
  test("instances, volumes and interfaces are tagged at launch", () => {
    const template = (...kinds: string[]) =>
      check("aws_launch_template", { tag_specifications: kinds.map((resource_type) => ({ resource_type, tags })) });
    expect(template("instance", "volume", "network-interface")).toBeUndefined();
    expect(template("instance")).toMatch(/launches volume, network-interface without Project, Stack/);
  });

  test("a tag with another value does not count", () => {
    const wrong = { ...tags, Stack: "edge" };
    const specifications = ["instance", "volume", "network-interface"].map((kind) => ({
      resource_type: kind,
      tags: wrong,
    }));
    expect(check("aws_launch_template", { tag_specifications: specifications })).toMatch(/without/);
  });

  test("a group propagates its tags", () => {
    const group = (propagate_at_launch: boolean) =>
      check("aws_autoscaling_group", {
        tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagate_at_launch })),
      });
    expect(group(true)).toBeUndefined();
    expect(group(false)).toMatch(/gives its instances no Project, Stack/);
  });

  test("fails a synth by the resource's address", () => {
    expect(() => synthUnder(rule, (stack) => new AutoscalingGroup(stack, "Group", { minSize: 0, maxSize: 1 }))).toThrow(
      /aws_autoscaling_group\.Group gives its instances no Project, Stack/,
    );
  });
});
