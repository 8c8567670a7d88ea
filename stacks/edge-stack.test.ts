import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { only, resources, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const stack = synth(dev)["dev-edge"];

describe("the edge stack", () => {
  test("holds these resources", () => {
    expect(typeCounts(stack)).toEqual({
      aws_api_gateway_api_key: 2,
      aws_api_gateway_deployment: 1,
      aws_api_gateway_method_settings: 1,
      aws_api_gateway_rest_api: 1,
      aws_api_gateway_stage: 1,
      aws_api_gateway_usage_plan: 2,
      aws_api_gateway_usage_plan_key: 2,
      aws_apigatewayv2_vpc_link: 1,
      aws_cloudwatch_log_group: 3,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_lambda_function: 1,
      aws_lambda_permission: 1,
      aws_wafv2_web_acl: 1,
      aws_wafv2_web_acl_association: 1,
      aws_wafv2_web_acl_logging_configuration: 1,
    });
  });

  // documented: tiers-are-usage-plans
  test("has a usage plan for each tier, as wide as the keys that are expected of it", () => {
    const tiers = { gold: { limits: [{ metric: "requests", window: "minute", max: 120 }], expectedKeys: 5 } };
    const tiered = validateEnvironment({ ...dev, api: { ...dev.api, tiers } }, "environments/dev.ts");
    const plans = Object.values(resources(synth(tiered)["dev-edge"], "aws_api_gateway_usage_plan"));
    expect(plans.map(({ name }) => name).sort()).toEqual([
      "sluice-dev-anonymous",
      "sluice-dev-gold",
      "sluice-dev-standard",
    ]);
    expect(plans.find(({ name }) => name === "sluice-dev-gold")).toMatchObject({
      throttle_settings: { rate_limit: 10, burst_limit: 120 },
    });
  });

  test("with auth off there are no authorizer, plans and plan keys", () => {
    const counts = typeCounts(synth({ ...dev, api: { ...dev.api, auth: "off" } })["dev-edge"]);
    for (const type of [
      "aws_lambda_function",
      "aws_lambda_permission",
      "aws_api_gateway_usage_plan",
      "aws_api_gateway_api_key",
    ]) {
      expect(counts).not.toHaveProperty(type);
    }
  });

  test("the authorizer's plan names are the usage plans' identifiers", () => {
    const { variables } = only(stack, "aws_lambda_function").environment;
    const identifiers = Object.values(resources(stack, "aws_api_gateway_api_key")).map(({ value }) => value);
    expect(Object.values(JSON.parse(variables.SLUICE_PLAN_KEYS)).sort()).toEqual(identifiers.sort());
    expect(Object.keys(JSON.parse(variables.SLUICE_PLAN_KEYS))).toEqual(Object.keys(dev.api.usagePlans));
  });

  test("the limit per address in the file is the firewall's", () => {
    const changed = synth({ ...dev, api: { ...dev.api, requestsPerMinutePerIp: 17 } })["dev-edge"];
    const [rule] = only(changed, "aws_wafv2_web_acl").rule;
    expect(rule.statement.rate_based_statement).toEqual({
      limit: 17,
      evaluation_window_sec: 60,
      aggregate_key_type: "IP",
    });
  });

  test("with a domain the API is served under it alone, over the certificate's own name", () => {
    const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
    const stacks = synth({ ...dev, api: { ...dev.api, domain } });
    const edge = stacks["dev-edge"];
    expect(only(edge, "aws_api_gateway_rest_api").disable_execute_api_endpoint).toBe(true);
    expect(only(edge, "aws_api_gateway_rest_api").body).toContain("https://api.example.com/v1/completions");
    expect(only(edge, "aws_api_gateway_rest_api").body).not.toContain("insecureSkipVerification");
    expect(only(edge, "aws_api_gateway_domain_name").domain_name).toBe("api.example.com");
    expect(edge?.output?.api_url?.value).toBe("https://api.example.com");
    expect(edge?.variable).toBeUndefined();
    expect(JSON.stringify(stacks["dev-site"])).toContain("connect-src 'self' https://api.example.com;");
  });
});
