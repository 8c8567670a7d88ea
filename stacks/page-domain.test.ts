import { describe, expect, test } from "vitest";
import { evaluate } from "../domain/iam/evaluate.ts";
import { parsePolicy } from "../domain/iam/policy.ts";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import type { Environment } from "../settings/environment.ts";
import { only, resources } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const domain = { name: "chat.example.com", hostedZoneId: "Z0123456789" };
const named = (changed: Partial<Environment> = {}) =>
  validateEnvironment({ ...dev, ...changed, site: { ...dev.site, domain } }, "environments/dev.ts");

describe("a page with a domain of its own", () => {
  const site = synth(named())["dev-site"];

  // documented: page-domain
  test("is served under the name alone that its certificate has, with TLS 1.2 or newer", () => {
    expect(only(site, "aws_cloudfront_distribution")).toMatchObject({
      aliases: ["chat.example.com"],
      viewer_certificate: { ssl_support_method: "sni-only", minimum_protocol_version: "TLSv1.2_2021" },
    });
    const { viewer_certificate } = only(site, "aws_cloudfront_distribution");
    expect(viewer_certificate.acm_certificate_arn).toContain("aws_acm_certificate_validation.Certificate");
    expect(only(site, "aws_acm_certificate")).toMatchObject({
      domain_name: "chat.example.com",
      validation_method: "DNS",
    });
    expect(site?.output?.site_url?.value).toBe("https://chat.example.com");
  });

  test("has records of both IP versions at the distribution, beside the certificate's proof", () => {
    const records = Object.values(resources(site, "aws_route53_record")).filter(({ name }) => name === domain.name);
    expect(records.map(({ type, zone_id }) => [type, zone_id]).sort()).toEqual([
      ["A", domain.hostedZoneId],
      ["AAAA", domain.hostedZoneId],
    ]);
    for (const { alias } of records) expect(alias.name).toContain("aws_cloudfront_distribution");
  });

  test("has its certificate in us-east-1, by a second provider where the environment is elsewhere", () => {
    expect(site?.provider?.aws).toHaveLength(1);
    const elsewhere = synth(named({ region: "eu-west-1" }))["dev-site"];
    const providers = elsewhere?.provider?.aws ?? [];
    expect(providers.map(({ region, alias }) => [region, alias])).toEqual([
      ["eu-west-1", undefined],
      ["us-east-1", "us-east-1"],
    ]);
    expect(providers[1]?.default_tags).toEqual(providers[0]?.default_tags);
    for (const type of ["aws_acm_certificate", "aws_acm_certificate_validation"])
      expect(only(elsewhere, type).provider, type).toBe("aws.us-east-1");
    expect(only(elsewhere, "aws_s3_bucket")).not.toHaveProperty("provider");
  });

  test("lets CI's role request and delete that certificate in us-east-1, with the environment's tag", () => {
    const ci = { repository: "owner/name", branches: [], environments: ["dev"], oidcProvider: "create" as const };
    const bootstrap = synth(named({ region: "eu-west-1", ci }))["dev-bootstrap"];
    const policies = Object.values(resources(bootstrap, "aws_iam_role_policy"));
    const statements = policies.flatMap(({ policy }) => parsePolicy(String(policy)));
    const decide = (action: string, resource: string, context: Readonly<Record<string, string>>) =>
      evaluate(statements, { action, resource, context });
    const request = { "aws:RequestedRegion": "us-east-1", "aws:RequestTag/Environment": "dev" };
    expect(decide("acm:RequestCertificate", "*", request)).toBe("allowed");
    expect(decide("acm:RequestCertificate", "*", { ...request, "aws:RequestedRegion": "us-west-2" })).toBe(
      "not allowed",
    );
    const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    expect(decide("acm:DeleteCertificate", certificate, { "aws:ResourceTag/Environment": "dev" })).toBe("allowed");
    expect(decide("acm:DeleteCertificate", certificate, {})).toBe("not allowed");
  });

  test("changes nothing without the setting", () => {
    const without = synth(validateEnvironment({ ...dev }, "environments/dev.ts"))["dev-site"];
    expect(only(without, "aws_cloudfront_distribution")).not.toHaveProperty("aliases");
    expect(Object.keys(without?.resource ?? {})).not.toContain("aws_route53_record");
  });
});

describe("a domain of the page is refused", () => {
  test("with the API's own name, and with a private entry, which has no page", () => {
    const api = { ...dev.api, domain };
    expect(() => named({ api })).toThrow(/site\.domain: must be another name than api\.domain/);
    const entry = { ...dev.api, entry: "private" as const, allowedRanges: ["10.0.0.0/8"], usagePlans: {} };
    expect(() => named({ api: { ...entry, domain: { ...domain, name: "api.example.com" } } })).toThrow(
      /site\.domain: must be null with entry private/,
    );
  });
});
