import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { jsonResponse } from "../core/response.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, post, startTestGateway } from "../test/test-gateway.ts";
import { headerText } from "./header-text.ts";
import { writeResponse } from "./write-response.ts";

test.each([
  ["openai/gpt-4o:free", "openai/gpt-4o:free"],
  ["p/通义", "p/%E9%80%9A%E4%B9%89"],
  ["a%20b\r\nc", "a%2520b%0D%0Ac"],
  ["half \ud800", "half %EF%BF%BD"],
])("%j is %s in a header", (text, encoded) => {
  expect(headerText(text)).toBe(encoded);
});

test("a provider's model with a Chinese name serves requests, and its name is percent-encoded in the header", async () => {
  const { origin } = await provide();
  const { models } = providerConfig("p", origin);
  const config = {
    providers: [providerConfig("p", origin, { models: { "通义-7b": models.small } })],
    routes: [routeConfig("chat", ["p/通义-7b"])],
  };
  const { url } = await startTestGateway({ engines: [], config });
  for (const stream of [false, true]) {
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream }));
    expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "p/%E9%80%9A%E4%B9%89-7b"]);
    await response.text();
  }
});

test("a response whose headers can't be written is internal_error with the request's id as its only header", async () => {
  const server = createServer((request, response) => {
    const headers = { "x-request-id": "req_1", "x-broken": "通" };
    void writeResponse(request, response, jsonResponse(200, headers, {}), {});
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const received = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect([received.status, received.headers.get("x-broken")]).toEqual([500, null]);
  expect(received.headers.get("x-request-id")).toMatch(/^req_/);
  expect(await received.json()).toMatchObject({ error: { code: "internal_error" } });
});
