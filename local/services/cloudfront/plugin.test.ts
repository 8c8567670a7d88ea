import { describe, expect, test } from "vitest";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { s3Bucket } from "../s3/plugin.ts";
import { distribution, responseHeadersPolicy } from "./plugin.ts";

describe("a distribution", () => {
  test("is served once: a second one is refused by its address", async () => {
    const runtime = emptyRuntime();
    await s3Bucket.start?.({}, resource("aws_s3_bucket", "Site"), runtime);
    await responseHeadersPolicy.start?.({}, resource("aws_cloudfront_response_headers_policy", "Headers"), runtime);
    const config = {
      origin: [{ origin_id: "bucket", domain_name: "dev-serving-site.s3.local" }],
      default_cache_behavior: { target_origin_id: "bucket" },
    };
    const address = resource("aws_cloudfront_distribution", "Site");
    await distribution.start?.(config, address, runtime);
    expect(runtime.cloudfront.distribution).toBeDefined();
    expect(distribution.attributes?.(address, runtime)).toEqual({ domain_name: "127.0.0.1:8081" });
    expect(() => distribution.start?.(config, address, runtime)).toThrow(
      "aws_cloudfront_distribution.Site: the twin serves one distribution, this is a second one",
    );
  });
});
