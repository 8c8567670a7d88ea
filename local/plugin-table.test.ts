import { describe, expect, test } from "vitest";
import { PLUGINS, WITHOUT_LOCAL_MEANING } from "./plugin-table.ts";

const types = PLUGINS.map(({ type }) => type);

describe("the table of resource types", () => {
  test("has each type once: either it does something here, or there is a reason why not", () => {
    const all = [...types, ...Object.keys(WITHOUT_LOCAL_MEANING)];
    expect(all.filter((type, index) => all.indexOf(type) !== index)).toEqual([]);
  });

  test("has AWS types only, and a reason in words for each that is left out", () => {
    for (const type of [...types, ...Object.keys(WITHOUT_LOCAL_MEANING)]) expect(type).toMatch(/^aws_[a-z0-9_]+$/);
    for (const reason of Object.values(WITHOUT_LOCAL_MEANING)) expect(reason.split(" ").length).toBeGreaterThan(2);
  });

  test("starts what others refer to before them", () => {
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
});
