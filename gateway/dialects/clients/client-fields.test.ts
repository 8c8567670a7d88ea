import { describe, expect, test } from "vitest";
import { errorBody } from "../../../contracts/api/errors.ts";
import { startDialectGateway } from "../../test/dialect-gateway.ts";
import { responsesErrorBody } from "./responses/responses.ts";

const messages = [{ role: "user", content: "Hi" }];
const tools = {
  messages: [{ name: "f", input_schema: { type: "object" } }],
  responses: [{ type: "function", name: "f" }],
};

describe("an error about a field", () => {
  test.each([
    [
      "/v1/messages",
      "bedrock",
      { tools: tools.messages, tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      "tool_choice.disable_parallel_tool_use",
    ],
    ["/v1/messages", "anthropic", { max_tokens: 300_000 }, "max_tokens"],
    ["/v1/messages", "openai", { max_tokens: 300_000 }, "max_tokens"],
    ["/v1/messages", "gemini", { stop_sequences: [" "] }, "stop_sequences"],
    ["/v1/messages", "gemini", { output_config: { effort: "most" } }, "output_config.effort"],
    ["/v1/messages", "gemini", { tools: tools.messages, tool_choice: { type: "tool", name: "g" } }, "tool_choice.name"],
    ["/v1/responses", "openai", { max_output_tokens: 300_000 }, "max_output_tokens"],
    ["/v1/responses", "anthropic", { reasoning: { effort: "most" } }, "reasoning.effort"],
    ["/v1/responses", "anthropic", { text: { format: { type: "json_schema", name: "a" } } }, "text.format.schema"],
    [
      "/v1/responses",
      "gemini",
      { tools: tools.responses, tool_choice: { type: "function", name: "g" } },
      "tool_choice.name",
    ],
  ] as const)("of %s at %s names the client's own field: %j", async (path, target, fields, param) => {
    const { request } = await startDialectGateway();
    const own = path === "/v1/messages" ? { max_tokens: 9, messages } : { input: "Hi" };
    const { status, text } = await request(target, path, { ...own, ...fields });
    const { error } = JSON.parse(text);
    expect([status, error.param ?? error.details?.param]).toEqual([400, param]);
    expect(error.message).toContain(`\`${param}\``);
  });

  test("of the response's format has the name that clients of Responses have for it", () => {
    const body = errorBody("invalid_request", { param: "response_format", message: "`response_format` is wrong" });
    expect(responsesErrorBody(body)).toMatchObject({
      error: { param: "text.format", message: "`text.format` is wrong" },
    });
  });

  test.each([
    ["openai", { error: { message: "Wrong.", param: "max_completion_tokens" } }, "max_tokens"],
    [
      "openai",
      { error: { message: "Invalid schema.", param: "tools[0].function.parameters" } },
      "tools[0].input_schema",
    ],
  ] as const)("that %s finds does too: %j", async (target, body, param) => {
    const { request, script } = await startDialectGateway();
    script({ status: 400, body: JSON.stringify(body) });
    const { text } = await request(target, "/v1/messages", { max_tokens: 9, messages });
    expect(JSON.parse(text).error.details.param).toBe(param);
  });
});

describe("a prompt that is too long", () => {
  const LONG = {
    status: 400,
    body: JSON.stringify({ error: { message: "maximum context length is 9", code: "context_length_exceeded" } }),
  };

  test("is told in the words that clients of each dialect look for", async () => {
    const { request, script } = await startDialectGateway();
    script(LONG);
    const anthropic = JSON.parse((await request("openai", "/v1/messages", { max_tokens: 9, messages })).text).error;
    expect(anthropic).toMatchObject({
      type: "invalid_request_error",
      message: expect.stringMatching(/^prompt is too long/),
    });
    for (const [path, body] of [
      ["/v1/chat/completions", { messages }],
      ["/v1/responses", { input: "Hi" }],
    ] as const) {
      const { error } = JSON.parse((await request("openai", path, body)).text);
      expect(error).toMatchObject({
        code: "context_length_exceeded",
        message: expect.stringContaining("maximum context length"),
      });
    }
  });

  test("is told so too where the gateway itself finds it", async () => {
    const { request } = await startDialectGateway({ contextTokens: 1000 });
    const content = "word ".repeat(20_000);
    const long = [{ role: "user", content }];
    const anthropic = await request("anthropic", "/v1/messages", { max_tokens: 9, messages: long });
    expect(JSON.parse(anthropic.text).error.message).toMatch(/^prompt is too long/);
    const openai = await request("openai", "/v1/chat/completions", { messages: long });
    expect(JSON.parse(openai.text).error.message).toContain("maximum context length is 1000 tokens");
  });
});
