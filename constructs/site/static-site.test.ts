import { afterAll, describe, expect, test } from "vitest";
import { CONSOLE_PAGES, pathsOf } from "../../contracts/site/console-pages.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, resources, statements, synthConstruct } from "../../test-support/synth.ts";
import { StaticSite } from "./static-site.ts";

const assets = builtAssets({
  "site/config.json": '{"from":"development"}',
  "site/docs.html": "<h1>Documentation</h1>",
  "site/docs/keys.html": "<h1>Keys</h1>",
  "site/docs/search.json": "{}",
});
afterAll(() => assets.remove());
const config = {
  environment: "test",
  title: "Test",
  apiUrl: "https://api.example.com",
  auth: "off" as const,
  models: [{ id: "phi", displayName: "Phi", weights: "microsoft/phi", contextTokens: 4096 }],
  defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
  samplePrompts: [],
};
const synth = (consoleDirectory?: string) =>
  synthConstruct((scope) => {
    new StaticSite(scope, "Site", {
      name: "test",
      kmsKeyArn: "arn:key",
      directory: assets.site,
      consoleDirectory,
      config,
      apiOrigin: "https://api.example.com",
    });
  });
const stack = synth();
const distribution = only(stack, "aws_cloudfront_distribution");
const objects = Object.entries(resources(stack, "aws_s3_object"));

describe("the static site", () => {
  // documented: page-over-https
  test("is served at / over HTTPS only", () => {
    expect(distribution.default_root_object).toBe("index.html");
    expect(distribution.default_cache_behavior).toMatchObject({
      viewer_protocol_policy: "redirect-to-https",
      allowed_methods: ["GET", "HEAD"],
      compress: true,
    });
  });

  test("passes requests of sessions on to the API with all they have, caches none of them, and does so only where there are sessions", () => {
    expect(distribution).not.toHaveProperty("ordered_cache_behavior");
    const withSessions = synthConstruct((scope) => {
      new StaticSite(scope, "Site", {
        name: "test",
        kmsKeyArn: "arn:key",
        directory: assets.site,
        config,
        apiOrigin: "https://api.example.com",
        sessions: { host: "api.example.com", path: "/live" },
      });
    });
    const { origin, ordered_cache_behavior: behaviors } = only(withSessions, "aws_cloudfront_distribution");
    expect(origin[1]).toMatchObject({
      domain_name: "api.example.com",
      origin_path: "/live",
      custom_origin_config: { origin_protocol_policy: "https-only", origin_ssl_protocols: ["TLSv1.2"] },
    });
    expect(behaviors).toMatchObject([
      {
        path_pattern: "/session*",
        target_origin_id: origin[1].origin_id,
        viewer_protocol_policy: "https-only",
        allowed_methods: expect.arrayContaining(["POST", "DELETE"]),
        cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-38738e2966ac",
      },
    ]);
  });

  // documented: bucket-only-for-distribution
  test("the bucket can be read by this distribution alone", () => {
    const [deny, allow, ...rest] = statements(only(stack, "aws_s3_bucket_policy").policy);
    expect(rest).toEqual([]);
    expect(deny).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect(allow).toMatchObject({
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Condition: { StringEquals: { "AWS:SourceArn": `\${aws_cloudfront_distribution.Site.arn}` } },
    });
    expect(only(stack, "aws_cloudfront_origin_access_control").signing_behavior).toBe("always");
  });

  test("an unknown path shows the page with status 404", () => {
    for (const errorResponse of distribution.custom_error_response) {
      expect(errorResponse).toMatchObject({ response_code: 404, response_page_path: "/index.html" });
    }
    expect(distribution.custom_error_response.map(({ error_code }: { error_code: number }) => error_code)).toEqual([
      403, 404,
    ]);
  });

  test("every response has the strict headers", () => {
    const headers = only(stack, "aws_cloudfront_response_headers_policy");
    expect(headers.security_headers_config).toMatchObject({
      content_security_policy: {
        override: true,
        content_security_policy: expect.stringContaining("connect-src 'self' https://api.example.com;"),
      },
      strict_transport_security: { access_control_max_age_sec: 31_536_000, override: true },
      content_type_options: { override: true },
      frame_options: { frame_option: "DENY", override: true },
      referrer_policy: { referrer_policy: "no-referrer", override: true },
    });
    expect(headers.custom_headers_config.items[0].header).toBe("permissions-policy");
    expect(distribution.default_cache_behavior.response_headers_policy_id).toContain("Site_Headers");
  });

  test("config.json is the environment's, never one left over from development", () => {
    const configs = objects.filter(([, { key }]) => key === "config.json");
    expect(configs).toHaveLength(1);
    expect(JSON.parse(configs[0]![1].content)).toEqual(config);
    expect(configs[0]![1].cache_control).toBe("public, max-age=60");
  });

  test("a file's address has no content hash in it, and its new version is uploaded before the old one is deleted", () => {
    const [name, script] = objects.find(([, { key }]) => key === "assets/index-aaaaaaaa.js")!;
    expect(name).not.toContain("aaaaaaaa");
    expect(script).toMatchObject({
      source: expect.stringMatching(/^assets\/.*\/assets\/index-aaaaaaaa\.js$/),
      source_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      content_type: "text/javascript; charset=utf-8",
      lifecycle: { create_before_destroy: true },
    });
  });

  // documented: docs-served
  test("the documentation's pages are objects under their paths, with a last slash too, as HTML", () => {
    const docs = objects.filter(([, { key }]) => key.startsWith("docs"));
    expect(docs.map(([, { key, content_type }]) => [key, content_type]).toSorted()).toEqual([
      ["docs", "text/html; charset=utf-8"],
      ["docs/", "text/html; charset=utf-8"],
      ["docs/keys", "text/html; charset=utf-8"],
      ["docs/keys/", "text/html; charset=utf-8"],
      ["docs/search.json", "application/json"],
    ]);
    expect(docs.find(([, { key }]) => key === "docs/")?.[1].source).toMatch(/\/docs\.html$/);
    expect(docs.find(([, { key }]) => key === "docs/keys/")?.[1].source).toMatch(/\/docs\/keys\.html$/);
    expect(docs.find(([, { key }]) => key === "docs/keys")?.[1].source).toMatch(/\/docs\/keys\.html$/);
  });

  describe("with the console", () => {
    const both = synth(assets.console);
    const files = Object.values(resources(both, "aws_s3_object"));

    // documented: console-pages
    test("its HTML is an object under the path of each page, with a last slash too, and its scripts are below /console/", () => {
      const html = files.filter(({ source }) => source?.includes("ConsoleBuild") && source.endsWith(".html"));
      expect(html.map(({ key }) => key).toSorted()).toEqual(CONSOLE_PAGES.flatMap(pathsOf).toSorted());
      for (const { key, source } of html) expect(source).toMatch(new RegExp(`/${key.replace(/\/$/, "")}\\.html$`));
      for (const { content_type, cache_control } of html)
        expect([content_type, cache_control]).toEqual(["text/html; charset=utf-8", "public, max-age=60"]);
      expect(files.map(({ key }) => key)).toContain("console/assets/index-bbbbbbbb.js");
      expect(files.map(({ key }) => key)).toContain("index.html");
    });

    test("text never becomes markup or script, and without it the policy is as before", () => {
      const policy = (of: typeof both) =>
        only(of, "aws_cloudfront_response_headers_policy").security_headers_config.content_security_policy
          .content_security_policy;
      expect(policy(both)).toBe(`${policy(stack)}; require-trusted-types-for 'script'; trusted-types 'none'`);
    });
  });
});
