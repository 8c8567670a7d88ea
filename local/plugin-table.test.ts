import { afterAll, describe, expect, test } from "vitest";
import { AWS_RESOURCE_TYPES } from "../domain/aws-resources/aws-resources.ts";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { synthesizeEnvironment } from "../stacks/environment-stacks.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { synthApp } from "../test-support/synth.ts";
import { NOT_MODELLED, notModelled, PLUGINS, refuseUnknownTypes } from "./plugin-table.ts";
import { resource } from "./test/runtime.ts";

const assets = builtAssets();
afterAll(() => assets.remove());

const types = PLUGINS.map(({ type }) => type);

describe("the table of resource types", () => {
  test("has each type once: either it does something here, or there is a reason why not", () => {
    const all = [...types, ...Object.keys(NOT_MODELLED)];
    expect(all.filter((type, index) => all.indexOf(type) !== index)).toEqual([]);
  });

  test("has AWS types only, and a reason in words for each that is not modelled", () => {
    for (const type of [...types, ...Object.keys(NOT_MODELLED)]) expect(type).toMatch(/^aws_[a-z0-9_]+$/);
    for (const reason of Object.values(NOT_MODELLED)) expect(reason.split(" ").length).toBeGreaterThan(2);
  });

  test("has each plugin under its own type, and those that the types' rows promise", () => {
    const promised = Object.entries(AWS_RESOURCE_TYPES).filter(([, { twin }]) => twin === "plugin");
    expect(types.toSorted()).toEqual(promised.map(([type]) => type).toSorted());
  });

  test("starts a resource before those that refer to it", () => {
    const order: readonly (readonly [string, string])[] = [
      ["aws_s3_bucket", "aws_s3_object"],
      ["aws_lb", "aws_lb_listener"],
      ["aws_lb_target_group", "aws_autoscaling_group"],
      ["aws_lb_listener", "aws_lb_listener_rule"],
      ["aws_launch_template", "aws_autoscaling_group"],
      ["aws_autoscaling_group", "aws_autoscaling_lifecycle_hook"],
      ["aws_lambda_function", "aws_cloudwatch_event_target"],
      ["aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"],
      ["aws_api_gateway_usage_plan", "aws_api_gateway_usage_plan_key"],
      ["aws_api_gateway_api_key", "aws_api_gateway_usage_plan_key"],
      ["aws_lambda_function", "aws_api_gateway_stage"],
      ["aws_wafv2_web_acl_association", "aws_api_gateway_stage"],
      ["aws_cloudfront_response_headers_policy", "aws_cloudfront_distribution"],
    ];
    for (const [first, then] of order) {
      expect(types).toContain(first);
      expect(types.indexOf(first), `${first} before ${then}`).toBeLessThan(types.indexOf(then));
    }
  });

  test.each(environmentNames())("has every type of the synthesized stacks of %s", async (name) => {
    const environment = await loadEnvironment(name);
    const stacks = synthApp((app) => synthesizeEnvironment(app, environment, assets));
    const { [`${name}-bootstrap`]: _states, ...served } = stacks;
    const all = Object.values(served).flatMap((stack) => Object.keys(stack.resource ?? {}));
    expect(() => refuseUnknownTypes([...new Set(all)].map((type) => resource(type, "Thing")))).not.toThrow();
    expect(all.length).toBeGreaterThan(20);
  });
});

describe("a resource type", () => {
  test("that is in neither list stops the start with its name and the remedy", () => {
    const unknown = [resource("aws_new_thing", "A"), resource("aws_lb", "B"), resource("aws_another", "C")];
    expect(() => refuseUnknownTypes(unknown)).toThrow(
      "The twin does not know aws_another, aws_new_thing; add a plugin for each to local/plugin-table.ts, or a reason not to model it.",
    );
  });

  test("that is not modelled is counted with its reason", () => {
    const resources = [resource("aws_vpc", "A"), resource("aws_vpc", "B"), resource("aws_lb", "C")];
    expect(notModelled(resources)).toEqual([{ type: "aws_vpc", count: 2, reason: NOT_MODELLED.aws_vpc }]);
  });
});
