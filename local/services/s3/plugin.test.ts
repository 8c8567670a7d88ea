import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { temporaryFolder } from "../../test/tools.ts";
import { s3Bucket, s3Object } from "./plugin.ts";

const site = resource("aws_s3_bucket", "Site");

describe("buckets", () => {
  test("are found by their domain name", async () => {
    const runtime = emptyRuntime();
    await s3Bucket.start?.({}, site, runtime);
    const { id, bucket_regional_domain_name } = s3Bucket.attributes?.(site, runtime) ?? {};
    expect(runtime.s3.bucketByDomain(String(bucket_regional_domain_name))).toBe(runtime.s3.buckets.get(String(id)));
    expect(runtime.s3.bucketByDomain("example.com")).toBeUndefined();
  });

  test("take objects whose files are relative to the stack's folder; an unknown bucket is refused by name", async () => {
    const runtime = emptyRuntime();
    await s3Bucket.start?.({}, site, runtime);
    const folder = temporaryFolder({ "assets/page.html": "page" });
    const object = resource("aws_s3_object", "Page");
    const placed = { ...object, stack: { ...object.stack, folder } };
    const config = { bucket: "dev-serving-site", key: "index.html", source: join("assets", "page.html") };
    await s3Object.start?.(config, placed, runtime);
    expect(runtime.s3.buckets.get("dev-serving-site")?.get("index.html")?.body.toString()).toBe("page");
    expect(() => s3Object.start?.({ ...config, bucket: "gone" }, placed, runtime)).toThrow(
      "aws_s3_object.Page: there is no bucket gone",
    );
  });
});
