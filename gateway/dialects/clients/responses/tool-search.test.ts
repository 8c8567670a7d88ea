import { describe, expect, test } from "vitest";
import { ModelResponse, ResponseEvent } from "../../../../contracts/api/responses.ts";
import { json, startDialectGateway } from "../../../test/dialect-gateway.ts";

const parameters = { type: "object", properties: { goal: { type: "string" } }, required: ["goal"] };
const SEARCH = { type: "tool_search", execution: "client", description: "Finds tools", parameters };
const HEAD = { id: "chatcmpl-1", created: 1, model: "small" };
const CALL = { id: "call_1", type: "function", function: { name: "tool_search", arguments: '{"goal":"mail"}' } };
const USAGE = { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 };
const WHOLE = json({
  ...HEAD,
  object: "chat.completion",
  choices: [
    { index: 0, message: { role: "assistant", content: null, tool_calls: [CALL] }, finish_reason: "tool_calls" },
  ],
  usage: USAGE,
});
const chunk = (fields: object) =>
  `data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", ...fields })}\n\n`;
const STREAM = {
  headers: { "content-type": "text/event-stream" },
  body: [
    chunk({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...CALL }] }, finish_reason: null }] }),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
    chunk({ choices: [], usage: USAGE }),
    "data: [DONE]\n\n",
  ].join(""),
};
const ITEM = { type: "tool_search_call", call_id: "call_1", execution: "client", arguments: { goal: "mail" } };

describe("a search for tools that the client runs", () => {
  test("is a function for the model, whose call is the client's search", async () => {
    const { request, script } = await startDialectGateway();
    script(WHOLE);
    const { text, received } = await request("openai", "/v1/responses", { input: "Send a mail", tools: [SEARCH] });
    const { name, description } = received?.body.tools[0].function ?? {};
    expect([name, description, received?.body.tools[0].function.parameters]).toEqual([
      "tool_search",
      "Finds tools",
      parameters,
    ]);
    const { output, metadata } = ModelResponse.parse(JSON.parse(text));
    expect(output).toMatchObject([{ ...ITEM, status: "completed" }]);
    expect(metadata).toEqual({});
  });

  test("is the same item in a stream, without events of its arguments", async () => {
    const { request, script } = await startDialectGateway();
    script(STREAM);
    const { text } = await request("openai", "/v1/responses", { input: "Mail", tools: [SEARCH], stream: true });
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => ResponseEvent.parse(JSON.parse(data)));
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.at(-1)).toMatchObject({ response: { output: [{ ...ITEM, status: "completed" }] } });
  });

  test("that has found tools lets the model call them, and shows it what was found", async () => {
    const { request, script } = await startDialectGateway();
    script(WHOLE);
    const found = { type: "function", name: "send_mail", description: "Sends", parameters };
    const { status, received } = await request("openai", "/v1/responses", {
      tools: [SEARCH],
      input: [
        { role: "user", content: "Send a mail" },
        { ...ITEM, id: "tsc_1" },
        { type: "tool_search_output", call_id: "call_1", execution: "client", status: "completed", tools: [found] },
      ],
    });
    expect(status).toBe(200);
    expect(received?.body.tools.map((tool: { function: { name: string } }) => tool.function.name)).toEqual([
      "tool_search",
      "send_mail",
    ]);
    const [, call, result] = received?.body.messages ?? [];
    expect(call.tool_calls).toEqual([CALL]);
    expect([result.role, result.tool_call_id, JSON.parse(result.content)]).toEqual(["tool", "call_1", [found]]);
  });

  test("is left out, and named in the metadata, where OpenAI runs it", async () => {
    const { request, script } = await startDialectGateway();
    script(WHOLE);
    const { text } = await request("openai", "/v1/responses", { input: "Hi", tools: [{ type: "tool_search" }] });
    expect(JSON.parse(text).metadata).toEqual({ sluice_omitted_tools: "tool_search" });
  });
});
