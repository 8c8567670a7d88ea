import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { ApiDomain } from "./api-domain.ts";
import { DomainCertificate } from "./domain-certificate.ts";
import { testRestApi } from "./test/edge-fixture.ts";

const stack = synthConstruct((scope) => {
  const domain = { domainName: "api.example.com", hostedZoneId: "Z1" };
  const { arn } = new DomainCertificate(scope, "Certificate", domain);
  new ApiDomain(scope, "Domain", { ...domain, certificateArn: arn, api: testRestApi(scope) });
});
const records = resources(stack, "aws_route53_record");

describe("the API's domain", () => {
  test("maps its root to the stage, over TLS 1.2", () => {
    expect(only(stack, "aws_api_gateway_domain_name")).toMatchObject({
      domain_name: "api.example.com",
      security_policy: "TLS_1_2",
      endpoint_configuration: { types: ["REGIONAL"] },
    });
    expect(only(stack, "aws_api_gateway_base_path_mapping")).not.toHaveProperty("base_path");
  });

  test("its name points at API Gateway", () => {
    const alias = Object.values(records).find(({ type }) => type === "A");
    expect(alias).toMatchObject({ zone_id: "Z1", name: "api.example.com", alias: { evaluate_target_health: true } });
  });

  test("the certificate is used only after its validation by DNS", () => {
    expect(only(stack, "aws_acm_certificate")).toMatchObject({
      validation_method: "DNS",
      lifecycle: { create_before_destroy: true },
    });
    expect(only(stack, "aws_api_gateway_domain_name").regional_certificate_arn).toContain(
      "aws_acm_certificate_validation",
    );
    const proof = Object.values(records).find(({ type }) => type !== "A");
    expect(proof?.records).toEqual([expect.stringContaining("resource_record_value")]);
  });
});
