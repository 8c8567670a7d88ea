import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { AddressLimit } from "./address-limit.ts";

const stack = synthConstruct((scope) => {
  new AddressLimit(scope, "AddressLimit", {
    name: "test",
    requestsPerMinute: 100,
    corsOrigins: ["https://demo.example.com"],
    resourceArn: "arn:stage",
    logRetentionDays: 30,
    kmsKeyArn: "arn:key",
  });
});
const acl = only(stack, "aws_wafv2_web_acl");

describe("the limit per address", () => {
  test("counts 100 requests in 60 seconds, in the names that the provider passes on unchanged", () => {
    expect(acl.rule).toHaveLength(1);
    expect(acl.rule[0].statement).toEqual({
      rate_based_statement: { limit: 100, evaluation_window_sec: 60, aggregate_key_type: "IP" },
    });
  });

  test("counts no request from a trusted range, of either version of IP", () => {
    const spared = synthConstruct((scope) => {
      new AddressLimit(scope, "AddressLimit", {
        name: "test",
        requestsPerMinute: 100,
        trustedAddresses: ["203.0.113.0/29", "2001:db8::/48"],
        corsOrigins: ["*"],
        resourceArn: "arn:stage",
        logRetentionDays: 30,
        kmsKeyArn: "arn:key",
      });
    });
    const sets = Object.values(resources(spared, "aws_wafv2_ip_set"));
    expect(
      sets.map(({ name, ip_address_version, addresses, scope }) => [name, ip_address_version, addresses, scope]),
    ).toEqual([
      ["test-trusted-v4", "IPV4", ["203.0.113.0/29"], "REGIONAL"],
      ["test-trusted-v6", "IPV6", ["2001:db8::/48"], "REGIONAL"],
    ]);
    const [rule, ...further] = only(spared, "aws_wafv2_web_acl").rule;
    expect(further).toEqual([]);
    const inSet = (set: string) => ({ ip_set_reference_statement: { arn: expect.stringContaining(`Trusted_${set}`) } });
    expect(rule.statement.rate_based_statement.scope_down_statement).toEqual({
      not_statement: { statement: [{ or_statement: { statement: [inSet("V4"), inSet("V6")] } }] },
    });
  });

  // documented: limit-with-key
  test("with a limit for keys, counts requests with something of a key's form apart from the others, trusted ranges in neither", () => {
    const two = synthConstruct((scope) => {
      new AddressLimit(scope, "AddressLimit", {
        name: "test",
        requestsPerMinute: 100,
        requestsPerMinuteWithKey: 1000,
        trustedAddresses: ["203.0.113.0/29", "2001:db8::/48"],
        corsOrigins: ["*"],
        resourceArn: "arn:stage",
        logRetentionDays: 30,
        kmsKeyArn: "arn:key",
      });
    });
    const [without, withKey, ...further] = only(two, "aws_wafv2_web_acl").rule;
    expect(further).toEqual([]);
    expect([without.name, without.priority, withKey.name, withKey.priority]).toEqual([
      "requests-per-address",
      0,
      "requests-per-address-with-key",
      1,
    ]);
    const rates = [without, withKey].map(({ statement }) => statement.rate_based_statement);
    expect(rates.map(({ limit, aggregate_key_type }) => [limit, aggregate_key_type])).toEqual([
      [100, "IP"],
      [1000, "IP"],
    ]);
    const not = (statement: object) => ({ not_statement: { statement: [statement] } });
    const inSet = (set: string) => ({ ip_set_reference_statement: { arn: expect.stringContaining(`Trusted_${set}`) } });
    const form = (name: string) => ({
      regex_match_statement: {
        regex_string: expect.stringMatching(/sk-sl-.*\{43\}\[0-9A-Za-z\]\{0,6\}\$$/),
        field_to_match: { single_header: { name } },
        text_transformation: [{ priority: 0, type: "NONE" }],
      },
    });
    const others = [not(inSet("V4")), not(inSet("V6"))];
    expect(rates.map(({ scope_down_statement }) => scope_down_statement.and_statement.statement)).toEqual([
      [...others, not(form("authorization")), not(form("x-api-key"))],
      [...others, { or_statement: { statement: [form("authorization"), form("x-api-key")] } }],
    ]);
  });

  test("responds with 429, Retry-After and the API's error body, readable by the page's script", () => {
    const response = acl.rule[0].action.block.custom_response;
    expect(response.response_code).toBe(429);
    expect(response.response_header).toEqual(
      expect.arrayContaining([
        { name: "Retry-After", value: "60" },
        { name: "Access-Control-Allow-Origin", value: "https://demo.example.com" },
      ]),
    );
    for (const { value } of response.response_header) expect(value.length, "WAF's own bound").toBeLessThanOrEqual(255);
    const [body] = acl.custom_response_body;
    expect(body).toMatchObject({ key: response.custom_response_body_key, content_type: "APPLICATION_JSON" });
    expect(JSON.parse(body.content).error.code).toBe("rate_limit_exceeded");
  });

  test("lets all other requests through and stores no samples of requests", () => {
    expect(acl.default_action).toEqual({ allow: {} });
    expect(acl.visibility_config.sampled_requests_enabled).toBe(false);
  });

  test("is associated with the resource of the props", () => {
    expect(acl.scope).toBe("REGIONAL");
    expect(only(stack, "aws_wafv2_web_acl_association").resource_arn).toBe("arn:stage");
  });

  // documented: firewall-log
  test("logs blocked requests, and no others, without headers that may have an API key", () => {
    const logging = only(stack, "aws_wafv2_web_acl_logging_configuration");
    expect(logging.logging_filter).toEqual({
      default_behavior: "DROP",
      filter: [{ behavior: "KEEP", requirement: "MEETS_ANY", condition: [{ action_condition: { action: "BLOCK" } }] }],
    });
    const redacted = logging.redacted_fields.map(
      (field: { single_header: { name: string } }) => field.single_header.name,
    );
    expect(redacted).toEqual(expect.arrayContaining(["authorization", "x-api-key"]));
    for (const name of redacted) expect(name, "WAF compares header names in lower case").toBe(name.toLowerCase());
  });

  test("stores the log encrypted for as long as the environment says, under a name that WAF accepts", () => {
    const logs = only(stack, "aws_cloudwatch_log_group");
    expect(logs).toMatchObject({ name: "aws-waf-logs-test", retention_in_days: 30, kms_key_id: "arn:key" });
    const { log_destination_configs } = only(stack, "aws_wafv2_web_acl_logging_configuration");
    expect(log_destination_configs).toEqual([
      expect.stringMatching(/aws_cloudwatch_log_group\.AddressLimit_Logs_\w+\.arn/),
    ]);
  });
});
