import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/tools.ts";
import { Bucket } from "./bucket.ts";

describe("a bucket", () => {
  test("has the objects that were put, with type and cache control, and no others", () => {
    const bucket = new Bucket();
    bucket.put({ key: "config.json", content: "{}", content_type: "application/json", cache_control: "no-cache" }, "/");
    expect(bucket.get("config.json")).toEqual({
      body: Buffer.from("{}"),
      headers: { "content-type": "application/json", "cache-control": "no-cache" },
    });
    expect([bucket.get("config"), bucket.get(""), bucket.get("/config.json")]).toEqual(Array(3).fill(undefined));
  });

  test("takes a file relative to the stack's folder, or by its whole path", () => {
    const folder = temporaryFolder({ "assets/a.js": "file" });
    const bucket = new Bucket();
    bucket.put({ key: "relative", source: "assets/a.js" }, folder);
    bucket.put({ key: "absolute", source: join(folder, "assets/a.js") }, "/elsewhere");
    expect([bucket.get("relative")?.body.toString(), bucket.get("absolute")?.body.toString()]).toEqual([
      "file",
      "file",
    ]);
    expect(bucket.get("relative")?.headers).toEqual({ "content-type": "binary/octet-stream" });
  });

  test("takes content in base64, and an object may be empty", () => {
    const bucket = new Bucket();
    bucket.put({ key: "icon", content_base64: "AAEC/w==" }, "/");
    bucket.put({ key: "empty" }, "/");
    expect(bucket.get("icon")?.body).toEqual(Buffer.from([0, 1, 2, 255]));
    expect(bucket.get("empty")?.body).toHaveLength(0);
  });

  test("refuses a file that is not there, with its path", () => {
    expect(() => new Bucket().put({ key: "a", source: "gone.js" }, "/nowhere")).toThrow("/nowhere/gone.js");
  });
});
