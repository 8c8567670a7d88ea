import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { testRestApi } from "./test/edge-fixture.ts";

const stack = synthConstruct((scope) => {
  testRestApi(scope);
});
const body = JSON.parse(only(stack, "aws_api_gateway_rest_api").body);

describe("the REST API", () => {
  // documented: api-behind-vpc-link
  test("is Regional and described by one document that names this stack's link", () => {
    expect(only(stack, "aws_api_gateway_rest_api").endpoint_configuration).toEqual({ types: ["REGIONAL"] });
    expect(body.paths["/v1/completions"].post["x-amazon-apigateway-integration"]).toMatchObject({
      uri: "https://api.sluice.internal/v1/completions",
      connectionId: expect.stringContaining("aws_apigatewayv2_vpc_link.Api_VpcLink"),
      integrationTarget: "arn:lb",
      responseTransferMode: "STREAM",
    });
  });

  test("the link is in the subnets and the security group of the props", () => {
    expect(only(stack, "aws_apigatewayv2_vpc_link")).toMatchObject({
      subnet_ids: ["subnet-1", "subnet-2"],
      security_group_ids: ["sg-link"],
    });
  });

  test("a changed document is deployed, the new deployment before the old one is deleted", () => {
    expect(only(stack, "aws_api_gateway_deployment")).toMatchObject({
      triggers: { body: `\${sha1(aws_api_gateway_rest_api.Api.body)}` },
      lifecycle: { create_before_destroy: true },
    });
  });

  test("the stage has the throttle, and metrics, but no execution logs", () => {
    expect(only(stack, "aws_api_gateway_method_settings")).toMatchObject({
      method_path: "*/*",
      settings: {
        throttling_rate_limit: 50,
        throttling_burst_limit: 100,
        metrics_enabled: true,
        logging_level: "OFF",
        data_trace_enabled: false,
      },
    });
  });

  test("access logs have caller and latency, without query, headers or keys, and expire after the retention", () => {
    const { format } = only(stack, "aws_api_gateway_stage").access_log_settings;
    expect(Object.keys(JSON.parse(format))).toContain("requestId");
    expect(format).not.toMatch(/header|query|apiKey|Authorization|"path"/i);
    expect(only(stack, "aws_cloudwatch_log_group").retention_in_days).toBe(30);
  });

  test("API Gateway's own address is off only where there is a domain", () => {
    expect(only(stack, "aws_api_gateway_rest_api").disable_execute_api_endpoint).toBe(false);
    const withDomain = synthConstruct((scope) => {
      testRestApi(scope, { hasDomain: true });
    });
    expect(only(withDomain, "aws_api_gateway_rest_api").disable_execute_api_endpoint).toBe(true);
  });
});
