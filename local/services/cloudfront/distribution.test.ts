import { request as send } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { call, serve } from "../../test/tools.ts";
import { Bucket } from "../s3/bucket.ts";
import { Distribution } from "./distribution.ts";

const POLICY: JsonObject = {
  custom_headers_config: { items: [{ header: "Permissions-Policy", value: "camera=()", override: true }] },
  security_headers_config: {
    content_security_policy: { content_security_policy: "default-src 'none'" },
    content_type_options: { override: true },
    frame_options: { frame_option: "DENY" },
    referrer_policy: { referrer_policy: "no-referrer" },
    strict_transport_security: { access_control_max_age_sec: 60, include_subdomains: true, preload: true },
  },
};

function configured(other: JsonObject = {}): Distribution {
  const bucket = new Bucket();
  bucket.put({ key: "index.html", content: "<h1>page</h1>", content_type: "text/html" }, "/");
  bucket.put({ key: "assets/a b.js", content: "1;", content_type: "text/javascript" }, "/");
  return new Distribution({
    config: {
      default_root_object: "index.html",
      origin: [{ origin_id: "bucket", domain_name: "site.s3.local" }],
      default_cache_behavior: { target_origin_id: "bucket", response_headers_policy_id: "headers" },
      ...other,
    },
    bucket: (domain) => (domain === "site.s3.local" ? bucket : undefined),
    headersPolicy: (id) => (id === "headers" ? POLICY : undefined),
  });
}

async function site(other: JsonObject = {}): Promise<number> {
  const distribution = configured(other);
  return serve((request, response) => distribution.handle(request, response));
}

const spa = { custom_error_response: [{ error_code: 403, response_code: 404, response_page_path: "/index.html" }] };

describe("objects", () => {
  test("the root object is served for /, whatever the query", async () => {
    const { status, headers, body } = await call(await site(), "/?a=b");
    expect({ status, body, type: headers["content-type"] }).toEqual({
      status: 200,
      body: "<h1>page</h1>",
      type: "text/html",
    });
  });

  test("a path is the key, percent signs decoded", async () => {
    expect((await call(await site(), "/assets/a%20b.js")).body).toBe("1;");
  });

  test("a response to HEAD has the object's length and no body", async () => {
    const port = await site();
    const length = await new Promise((resolve, reject) => {
      const outgoing = send({ host: "127.0.0.1", port, method: "HEAD", agent: false }, (response) => {
        response.resume();
        resolve(response.headers["content-length"]);
      });
      outgoing.on("error", reject);
      outgoing.end();
    });
    expect(length).toBe("13");
  });

  test("the ETag makes a second request a 304 without body and length, until the object changes", async () => {
    const port = await site();
    const { etag = "" } = (await call(port, "/")).headers;
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const known of [etag, `"other", ${etag}`, `W/${etag}`]) {
      const { status, headers, body } = await call(port, "/", { headers: { "if-none-match": known } });
      expect({ status, body, etag: headers.etag }).toEqual({ status: 304, body: "", etag });
      expect(headers).not.toHaveProperty("content-length");
    }
    expect((await call(port, "/", { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });

  test("objects can't be written", async () => {
    const { status, body } = await call(await site(), "/", { method: "POST", body: "x" });
    expect([status, body]).toEqual([403, "This distribution is read-only."]);
  });
});

describe("missing objects", () => {
  test("are 403, as with a private bucket", async () => {
    const { status, body } = await call(await site(), "/gone");
    expect([status, body]).toEqual([403, "Access denied"]);
  });

  test("are the custom error response's page with its status, and no 304", async () => {
    const port = await site(spa);
    const first = await call(port, "/gone");
    expect([first.status, first.body]).toEqual([404, "<h1>page</h1>"]);
    const { etag = "" } = first.headers;
    expect((await call(port, "/gone", { headers: { "if-none-match": etag } })).status).toBe(404);
  });

  test("stay 403 when the custom error response has no page, or one that is missing too", async () => {
    const page = { error_code: 403, response_code: 404, response_page_path: "/gone.html" };
    for (const entry of [{ error_code: 403, error_caching_min_ttl: 10 }, page])
      expect((await call(await site({ custom_error_response: [entry] }), "/gone")).status).toBe(403);
  });

  test("are all that a path out of the bucket reaches, in any spelling", async () => {
    const port = await site();
    for (const path of [
      "/../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "//etc/passwd",
      "/..%2f..%2fpackage.json",
      "/%ff",
    ])
      expect((await call(port, path)).status).toBe(403);
  });

  test("a request line with a whole address is read as its path", async () => {
    const port = await site();
    const text = await new Promise<string>((resolve) => {
      let got = "";
      const socket = connect(port, "127.0.0.1", () =>
        socket.write("GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      );
      socket.on("data", (chunk) => {
        got += chunk;
      });
      socket.on("close", () => resolve(got));
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("the response headers policy", () => {
  const WANTED = {
    "content-security-policy": "default-src 'none'",
    "permissions-policy": "camera=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=60; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };

  test("adds its headers to every response, refusals included", async () => {
    const port = await site();
    expect((await call(port, "/")).headers).toMatchObject(WANTED);
    expect((await call(port, "/gone")).headers).toMatchObject(WANTED);
    expect((await call(port, "/", { method: "DELETE" })).headers).toMatchObject(WANTED);
    const { etag = "" } = (await call(port, "/")).headers;
    expect((await call(port, "/", { headers: { "if-none-match": etag } })).headers).toMatchObject(WANTED);
  });

  test("adds no headers where the behaviour has none", async () => {
    const { headers } = await call(await site({ default_cache_behavior: { target_origin_id: "bucket" } }), "/");
    for (const name of Object.keys(WANTED)) expect(headers).not.toHaveProperty(name);
  });
});

describe("what the twin can't simulate is refused", () => {
  test("an origin that is no bucket of the stacks", () => {
    const origin = [{ origin_id: "bucket", domain_name: "example.com" }];
    expect(() => configured({ origin })).toThrow("serves S3 origins only");
  });

  test("further behaviours, by name", () => {
    const ordered_cache_behavior = [{ path_pattern: "/api/*" }];
    expect(() => configured({ ordered_cache_behavior })).toThrow("ordered_cache_behavior is not simulated");
  });
});
