import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/tools.ts";
import { emptyWorld, resource } from "../../test/world.ts";
import { distribution, responseHeadersPolicy } from "../cloudfront/plugin.ts";
import { bucketByDomain, s3Bucket, s3Object } from "./plugin.ts";

const site = resource("aws_s3_bucket", "Site");

describe("buckets", () => {
  test("are found by the domain name that they give out", async () => {
    const world = emptyWorld();
    await s3Bucket.start?.({}, site, world);
    const { id, bucket_regional_domain_name } = s3Bucket.attributes?.(site, world) ?? {};
    expect(bucketByDomain(world, String(bucket_regional_domain_name))).toBe(world.buckets.get(String(id)));
    expect(bucketByDomain(world, "example.com")).toBeUndefined();
  });

  test("take objects whose files are relative to the stack's folder; an unknown bucket is refused by name", async () => {
    const world = emptyWorld();
    await s3Bucket.start?.({}, site, world);
    const folder = temporaryFolder({ "assets/page.html": "page" });
    const object = resource("aws_s3_object", "Page");
    const placed = { ...object, stack: { ...object.stack, folder } };
    const config = { bucket: "dev-serving-site", key: "index.html", source: join("assets", "page.html") };
    await s3Object.start?.(config, placed, world);
    expect(world.buckets.get("dev-serving-site")?.get("index.html")?.body.toString()).toBe("page");
    expect(() => s3Object.start?.({ ...config, bucket: "gone" }, placed, world)).toThrow(
      "aws_s3_object.Page: there is no bucket gone",
    );
  });
});

describe("a distribution", () => {
  test("is served once: a second one is refused by its address", async () => {
    const world = emptyWorld();
    await s3Bucket.start?.({}, site, world);
    await responseHeadersPolicy.start?.({}, resource("aws_cloudfront_response_headers_policy", "Headers"), world);
    const config = {
      origin: [{ origin_id: "bucket", domain_name: "dev-serving-site.s3.local" }],
      default_cache_behavior: { target_origin_id: "bucket" },
    };
    const address = resource("aws_cloudfront_distribution", "Site");
    await distribution.start?.(config, address, world);
    expect(world.distribution).toBeDefined();
    expect(distribution.attributes?.(address, world)).toEqual({ domain_name: "127.0.0.1:8081" });
    expect(() => distribution.start?.(config, address, world)).toThrow(
      "aws_cloudfront_distribution.Site: the twin serves one distribution, this is a second one",
    );
  });
});
