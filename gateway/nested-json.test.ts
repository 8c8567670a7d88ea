import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { checkRequest } from "./batches/check-request.ts";
import { startAdminGateway } from "./test/admin-gateway.ts";
import { chat, errorOf, post, startTestGateway } from "./test/test-gateway.ts";

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

test("an admin body of 9,000 levels is refused with the limit, one of 64 is not refused for its depth", async () => {
  const { url, admin } = await startAdminGateway();
  const put = (levels: number) =>
    fetch(`${url}/admin/routes/deep`, {
      method: "PUT",
      headers: { authorization: `Bearer ${admin.secret}`, "content-type": "application/json" },
      body: `{"x":${nested(levels)}}`,
    });
  const error = await errorOf(await put(9000), 400, "invalid_request");
  expect(error).toMatchObject({
    param: "x",
    message: "`x` must make a body of at most 64 nested levels, got over 64; flatten it.",
  });
  expect((await errorOf(await put(63), 400, "invalid_request")).message).not.toContain("nested levels");
});

test.each([
  ["/v1/chat/completions", chat({ model: "chat" })],
  ["/v1/messages", { model: "chat", max_tokens: 5, messages: [{ role: "user", content: "a" }] }],
  ["/v1/responses", { model: "chat", input: "a" }],
])(
  "twelve bodies of 9,000 levels on %s are refused with the limit, and their target serves others afterwards",
  async (path, body) => {
    const { url, engines } = await startTestGateway({ config: { routes: [routeConfig("chat", ["tiny"])] } });
    const deep = `${JSON.stringify(body).slice(0, -1)},"x":${nested(9000)}}`;
    for (let sent = 0; sent < 12; sent++) {
      const refused = await post(url, path, deep);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain("at most 64 nested levels, got over 64");
    }
    expect(engines[0]?.received).toEqual([]);
    expect((await post(url, path, body)).status).toBe(200);
  },
);

test("a batch line of 9,000 levels is refused with the limit and its number", () => {
  const line = `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","x":${nested(9000)}}}`;
  const checked = checkRequest({ number: 7, start: 0, end: 1, bytes: Buffer.from(line) }, "/v1/chat/completions", 1e6);
  expect(checked).toMatchObject({ code: "invalid_json_line", line: 7 });
  expect(checked).toMatchObject({ message: expect.stringContaining("at most 64 nested levels, got over 64") });
});

/** A provider whose responses, whole and streamed, hold 9,000 levels in a tool call's arguments and beside them. */
async function deepProvider(): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const isStream = JSON.parse(text).stream === true;
    const call = `{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{\\"a\\":${nested(9000)}}"}}`;
    const part = `{"role":"assistant","content":"a","tool_calls":[${call}],"x":${nested(9000)}}`;
    const choice = `{"index":0,"${isStream ? "delta" : "message"}":${part},"finish_reason":"tool_calls"}`;
    const sent = `{"id":"x","choices":[${choice}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`;
    response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
    response.end(isStream ? `data: ${sent}\n\ndata: [DONE]\n\n` : sent);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ["/v1/chat/completions", chat({ model: "chat" })],
  ["/v1/messages", { model: "chat", max_tokens: 5, messages: [{ role: "user", content: "a" }] }],
  ["/v1/responses", { model: "chat", input: "a" }],
])(
  "upstream responses of 9,000 levels end no process on %s, whole or streamed, and leave no request open",
  async (path, body) => {
    const origin = await deepProvider();
    const { url, gateway, log } = await startTestGateway({
      engines: [],
      config: { providers: [providerConfig("p", origin)], routes: [routeConfig("chat", ["p/small"])] },
    });
    for (const stream of [false, true]) {
      const sent = await post(url, path, { ...body, stream });
      const text = await sent.text();
      expect(text).not.toBe("");
      expect(text).not.toContain("RangeError");
    }
    await eventually(() => expect(log().filter(({ msg }) => msg === "request")).toHaveLength(2));
    const inFlight = (await gateway.metrics()).find(({ name }) => name === "sluice_requests_in_flight");
    expect(inFlight?.values.map(({ value }) => value)).toEqual([0]);
  },
);
