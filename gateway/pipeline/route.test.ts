import { connect } from "node:net";
import { expect, test } from "vitest";
import { completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let response = "";
  socket.on("data", (chunk) => {
    response += chunk.toString();
  });
  socket.write(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return response;
}

test.each([
  "/",
  "/v1",
  "/v2/completions",
  "/v1/completions/",
  "/v1/models/",
  "//v1/models",
  "/metrics",
  "/sleep",
  "/%zz",
])("%s is 404 not_found", async (path) => {
  const { url } = await startTestGateway();
  await errorOf(await fetch(url + path), 404, "not_found");
});

test("a wrong method is 405 and names the right ones", async () => {
  const { url } = await startTestGateway();
  const get = await fetch(`${url}/v1/chat/completions`);
  expect(get.headers.get("allow")).toBe("POST, OPTIONS");
  await errorOf(get, 405, "method_not_allowed");
  const deleted = await fetch(`${url}/v1/models/tiny`, { method: "DELETE" });
  expect(deleted.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  await errorOf(deleted, 405, "method_not_allowed");
});

test("the stage that API Gateway prepends is taken off, once", async () => {
  const { url } = await startTestGateway();
  expect((await post(url, "/live/v1/completions", completion())).status).toBe(200);
  expect((await fetch(`${url}/live/health`)).status).toBe(200);
  await errorOf(await fetch(`${url}/live/live/v1/models`), 404, "not_found");
  await errorOf(await fetch(`${url}/test/v1/models`), 404, "not_found");
});

test("a query does not hide the path", async () => {
  const { url } = await startTestGateway();
  expect((await fetch(`${url}/v1/models?limit=5`)).status).toBe(200);
});

test("HEAD gets the response of GET, without the body", async () => {
  const { url } = await startTestGateway();
  for (const path of ["/v1/models", "/v1/models/tiny", "/health"]) {
    const head = await fetch(url + path, { method: "HEAD" });
    const get = await fetch(url + path);
    expect([head.status, head.headers.get("content-length")]).toEqual([200, get.headers.get("content-length")]);
    expect(await head.text()).toBe("");
  }
});

test("a request target in absolute form is understood", async () => {
  const { url } = await startTestGateway();
  const head = "host: a\r\nconnection: close\r\n\r\n";
  expect(await raw(url, `GET http://api.example.com/v1/models HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await raw(url, `GET http://api.example.com HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 404 /);
});

test("what is not HTTP is 400 in the same form, and headers that are too large are 431", async () => {
  const { url } = await startTestGateway();
  for (const [text, status, code] of [
    ["hello\r\n\r\n", 400, "invalid_request"],
    ["GET /v1/models HTTP/1.1\r\nbad header\r\n\r\n", 400, "invalid_request"],
    [`GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, 431, "headers_too_large"],
  ] as const) {
    const response = await raw(url, text);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toContain(`"code":"${code}"`);
    expect(response).toMatch(/x-request-id: req_/);
  }
});
