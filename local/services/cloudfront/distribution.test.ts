import { type RequestListener, request as send } from "node:http";
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

function configured(other: JsonObject = {}, apiUrl = "http://127.0.0.1:1"): Distribution {
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
    apiUrl,
    headersPolicy: (id) => (id === "headers" ? POLICY : undefined),
  });
}

/** The distribution with an API behind `/session*`. */
async function siteWithApi(listener: RequestListener): Promise<number> {
  const distribution = configured(
    {
      ...spa,
      origin: [
        { origin_id: "bucket", domain_name: "site.s3.local" },
        { origin_id: "api", domain_name: "api.example.com", origin_path: "/live", custom_origin_config: {} },
      ],
      ordered_cache_behavior: [
        { path_pattern: "/session*", target_origin_id: "api", allowed_methods: ["GET", "POST", "DELETE"] },
      ],
    },
    `http://127.0.0.1:${await serve(listener)}`,
  );
  return serve((request, response) => distribution.handle(request, response));
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

describe("paths of a behaviour of their own", () => {
  test("go to the API under the origin's path with method, headers and body, and the client's address last", async () => {
    const port = await siteWithApi(async (request, response) => {
      const { host, cookie, "x-forwarded-for": addresses } = request.headers;
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const seen = {
        url: request.url,
        method: request.method,
        cookie,
        addresses,
        isApi: host !== "page.example",
        body,
      };
      response.writeHead(200, { "set-cookie": ["a=1", "b=2"] }).end(JSON.stringify(seen));
    });
    const headers = { cookie: "sluice-session=x", host: "page.example", "x-forwarded-for": "203.0.113.9" };
    const {
      status,
      body,
      headers: received,
    } = await call(port, "/session/refresh?a=b", { method: "POST", headers, body: "{}" });
    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 200,
      url: "/live/session/refresh?a=b",
      method: "POST",
      cookie: "sluice-session=x",
      addresses: "203.0.113.9, 127.0.0.1",
      isApi: true,
      body: "{}",
    });
    expect(received["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect((await call(port, "/")).body).toBe("<h1>page</h1>");
  });

  test("have the distribution's error pages in place of the API's 403 and no other status, and 502 when it is gone", async () => {
    const port = await siteWithApi((request, response) => {
      if (request.url?.endsWith("gone")) request.socket.destroy();
      else response.writeHead(Number(request.url?.slice(-3))).end("of the API");
    });
    expect(await call(port, "/session/403")).toMatchObject({ status: 404, body: "<h1>page</h1>" });
    expect(await call(port, "/session/401")).toMatchObject({ status: 401, body: "of the API" });
    expect(await call(port, "/session/gone")).toMatchObject({ status: 502 });
    expect(await call(port, "/session", { method: "PATCH" })).toMatchObject({ status: 403 });
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
    expect(() => configured({ ordered_cache_behavior })).toThrow("must have the API as its origin");
  });
});
