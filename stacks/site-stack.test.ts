import { describe, expect, test } from "vitest";
import { SiteConfig } from "../contracts/processes/site-config.ts";
import { loadEnvironment } from "../environments/load.ts";
import { only, resources, typeCounts } from "../test-support/synth.ts";
import { siteConfig } from "./site-stack.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const dev = await loadEnvironment("dev");
const stack = environmentSynth()(dev)["dev-site"];

describe("the site stack", () => {
  test("holds a private bucket, its files and a distribution", () => {
    expect(typeCounts(stack)).toEqual({
      aws_cloudfront_distribution: 1,
      aws_cloudfront_origin_access_control: 1,
      aws_cloudfront_response_headers_policy: 1,
      aws_s3_bucket: 1,
      aws_s3_bucket_lifecycle_configuration: 1,
      aws_s3_bucket_ownership_controls: 1,
      aws_s3_bucket_policy: 1,
      aws_s3_bucket_public_access_block: 1,
      aws_s3_bucket_server_side_encryption_configuration: 1,
      aws_s3_bucket_versioning: 1,
      aws_s3_object: 3,
    });
  });

  test("the page may connect to itself and the API's origin, and the origin has no stage in it", () => {
    const policy = only(stack, "aws_cloudfront_response_headers_policy").security_headers_config.content_security_policy
      .content_security_policy;
    expect(policy).toMatch(/connect-src 'self' \$\{trimsuffix\(data\.[^ ,]+invoke_url, "\/live"\)\};/);
  });

  test("config.json names the API and every model, and satisfies the page's schema", () => {
    const config = Object.values(resources(stack, "aws_s3_object")).find(({ key }) => key === "config.json");
    const parsed = SiteConfig.parse(JSON.parse(config?.content));
    expect(parsed.apiUrl).toMatch(/^\$\{data\.terraform_remote_state\..*invoke_url\}$/);
    expect(parsed).toEqual(siteConfig(dev, parsed.apiUrl));
    expect(parsed.models).toEqual([
      {
        id: "phi-3-mini",
        displayName: "Phi-3 mini (3.8B, 4k context)",
        weights: "microsoft/Phi-3-mini-4k-instruct",
        contextTokens: 4096,
      },
    ]);
  });
});
