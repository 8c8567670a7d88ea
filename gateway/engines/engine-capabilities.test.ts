import { describe, expect, test } from "vitest";
import { chat, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

const TOOLS = [{ type: "function", function: { name: "now", parameters: { type: "object", properties: {} } } }];

describe("a pool whose engines read no tool calls", () => {
  test("gets no request with tools: the client gets a 400 that names the field, in its own dialect", async () => {
    const { url, engines } = await startTestGateway({ model: { callsTools: false } });
    const refused = await post(url, "/v1/chat/completions", chat({ tools: TOOLS }));
    expect(await errorOf(refused, 400, "invalid_request")).toMatchObject({
      param: "tools",
      message: expect.stringContaining("can do tools. Leave `tools` out, or use another model."),
    });
    const messages = { model: "tiny", max_tokens: 5, messages: [{ role: "user", content: "hi" }] };
    const tool = { name: "now", input_schema: { type: "object", properties: {} } };
    const anthropic = await post(url, "/v1/messages", { ...messages, tools: [tool] });
    expect(anthropic.status).toBe(400);
    expect(await anthropic.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect(engines[0]?.received).toEqual([]);
  });

  test("gets every other request, also one whose tools must not be called", async () => {
    const { url, engines } = await startTestGateway({ model: { callsTools: false } });
    expect((await post(url, "/v1/chat/completions", chat())).status).toBe(200);
    expect((await post(url, "/v1/chat/completions", chat({ tools: TOOLS, tool_choice: "none" }))).status).toBe(200);
    expect(engines[0]?.received).toHaveLength(2);
  });
});

test("a pool gets requests with tools where nothing else is configured", async () => {
  const { url } = await startTestGateway();
  expect((await post(url, "/v1/chat/completions", chat({ tools: TOOLS }))).status).toBe(200);
});
