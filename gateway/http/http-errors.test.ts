import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTestGateway } from "../test/test-gateway.ts";

/** Sends bytes, and reads until the gateway closes the connection. */
async function exchange(url: string, ...lines: string[]) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const [head = "", content = ""] = (await text(socket)).split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head: head.toLowerCase(), body: JSON.parse(content) as unknown };
}

const CLOSE = "connection: close";

describe("an error of the HTTP layer has the form of every other error", () => {
  test.each([
    ["no Host", ["GET /v1/models HTTP/1.1", CLOSE], 400, "invalid_request", /no `Host` header/],
    ["no Host for a health check", ["GET /livez HTTP/1.1", CLOSE], 400, "invalid_request", /no `Host` header/],
    [
      "an unknown Expect",
      ["GET /v1/models HTTP/1.1", "host: a", "expect: tea", CLOSE],
      417,
      "expectation_failed",
      /Leave it out/,
    ],
    ["CONNECT", ["CONNECT a:443 HTTP/1.1", "host: a:443"], 405, "method_not_allowed", /no proxy/],
    [
      "large headers",
      ["GET /v1/models HTTP/1.1", "host: a", `x: ${"y".repeat(20_000)}`],
      431,
      "headers_too_large",
      /16 KiB/,
    ],
    ["an unknown method", ["TEA / HTTP/1.1", "host: a"], 400, "invalid_request", /not a valid HTTP request/],
    ["a malformed request line", ["GET  / a HTTP/1.1", "host: a"], 400, "invalid_request", /not a valid HTTP request/],
    [
      "a malformed header",
      ["GET / HTTP/1.1", "host: a", "x\u0001: b"],
      400,
      "invalid_request",
      /not a valid HTTP request/,
    ],
  ])("%s", async (_, lines, status, code, message) => {
    const { url } = await startTestGateway();
    const refused = await exchange(url, ...lines);
    expect(refused.status).toBe(status);
    expect(refused.head).toMatch(/x-request-id: req_[0-9a-f]{32}/);
    expect(refused.head).toContain("content-type: application/json");
    expect(refused.body).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
  });

  test("CONNECT has the methods that there are in `allow`", async () => {
    const { url } = await startTestGateway();
    expect((await exchange(url, "CONNECT a:443 HTTP/1.1", "host: a:443")).head).toContain("allow: get, head, post");
  });

  test("HTTP/1.0 needs no Host", async () => {
    const { url } = await startTestGateway();
    expect((await exchange(url, "GET /v1/models HTTP/1.0")).status).toBe(200);
  });

  test("in the dialect of the path", async () => {
    const { url } = await startTestGateway();
    const refused = await exchange(url, "POST /v1/messages HTTP/1.1", "content-length: 0", CLOSE);
    expect(refused.body).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
  });

  test.each([
    ["no Host", []],
    ["a page that is not allowed", ["host: a", "origin: https://else.where"]],
  ])("a WebSocket's handshake with %s", async (_, lines) => {
    const { url } = await startTestGateway({ config: { corsOrigins: ["https://example.com"] } });
    const refused = await exchange(
      url,
      "GET /v1/chat/completions HTTP/1.1",
      ...lines,
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    );
    expect([400, 403]).toContain(refused.status);
    expect(refused.head).toMatch(/x-request-id: req_[0-9a-f]{32}/);
    expect(refused.body).toHaveProperty("error.code");
  });
});

describe("a path that does not exist", () => {
  test.each([
    "/v1/messages/batches",
    "/v1/messages/count_tokens/more",
    "/v1/messages/",
    "/messages",
    "/v1/v1/messages",
    "/v2/messages",
  ])("%s has its 404 wholly in Anthropic's form", async (path) => {
    const { url } = await startTestGateway();
    const response = await fetch(`${url}${path}`, { method: "POST" });
    const body = (await response.json()) as { request_id: string };
    expect(response.status).toBe(404);
    expect(body).toEqual({
      type: "error",
      error: { type: "not_found_error", message: expect.any(String), details: { error_code: "not_found" } },
      request_id: response.headers.get("request-id"),
    });
    expect(body.request_id).toBe(response.headers.get("x-request-id"));
  });

  test.each(["/v1/messagesx", "/v1/chat/completions/more", "/v1/embeddings/", "/", "/v1"])(
    "%s has OpenAI's form",
    async (path) => {
      const { url } = await startTestGateway();
      const response = await fetch(`${url}${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: expect.objectContaining({ code: "not_found", param: null }) });
    },
  );

  test("a wrong method has a 405 in the dialect of the path, with `allow`", async () => {
    const { url } = await startTestGateway();
    const response = await fetch(`${url}/v1/messages`, { method: "DELETE" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { details: { error_code: "method_not_allowed" } },
    });
  });
});
