import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatCompletionRequest } from "../../../../contracts/api/chat.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { conversations } from "../../../test/dialect-cases.ts";
import { anthropicRequest } from "../../providers/anthropic/anthropic-request.ts";
import { chatOfMessages } from "./messages-request.ts";

const translate = (fields: Record<string, unknown>) =>
  chatOfMessages({ model: "tiny", max_tokens: 9, messages: [{ role: "user", content: "Hi" }], ...fields });

function refusal(fields: Record<string, unknown>) {
  try {
    translate(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error.body.error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a request of Anthropic's Messages", () => {
  test("is a chat completion that the contract takes", () => {
    const chat = translate({
      system: [{ type: "text", text: "Be brief", cache_control: { type: "ephemeral" } }],
      temperature: 0.3,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ["END"],
      metadata: { user_id: "u1" },
      thinking: { type: "enabled", budget_tokens: 1024 },
      output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
      stream: true,
      service_tier: "auto",
    });
    // As it goes to an engine: marks of prompt caching stand beside JSON.
    expect(JSON.parse(JSON.stringify(chat))).toEqual({
      model: "tiny",
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "Hi" },
      ],
      max_completion_tokens: 9,
      temperature: 0.3,
      top_p: 0.9,
      top_k: 5,
      stop: ["END"],
      user: "u1",
      thinking: { type: "enabled", budget_tokens: 1024 },
      reasoning_effort: "high",
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: { type: "object" }, strict: true },
      },
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(ChatCompletionRequest.safeParse(chat).success).toBe(true);
  });

  test("has its tools, their calls and results in OpenAI's form", () => {
    const chat = translate({
      tools: [{ name: "weather", description: "Looks", input_schema: { type: "object" }, strict: true }],
      tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "text", text: "Looking" },
            { type: "tool_use", id: "t1", name: "weather", input: { city: "Oslo" } },
            { type: "tool_use", id: "t2", name: "weather", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: "3 °C" },
            { type: "tool_result", tool_use_id: "t2", content: [{ type: "text", text: "no city" }], is_error: true },
            { type: "text", text: "So?" },
          ],
        },
      ],
    });
    expect(chat).toMatchObject({
      tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" }, strict: true } }],
      tool_choice: { type: "function", function: { name: "weather" } },
      parallel_tool_calls: false,
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: "Looking",
          reasoning_content: "hm",
          thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }],
          tool_calls: [
            { id: "t1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
            { id: "t2", type: "function", function: { name: "weather", arguments: "{}" } },
          ],
        },
        { role: "tool", tool_call_id: "t1", content: "3 °C" },
        { role: "tool", tool_call_id: "t2", content: "Error: no city" },
        { role: "user", content: "So?" },
      ],
    });
    expect(ChatCompletionRequest.safeParse(chat).success).toBe(true);
  });

  test.each([
    ["auto", "auto"],
    ["any", "required"],
    ["none", "none"],
  ])("tool_choice %s is %s", (type, expected) => {
    expect(translate({ tools: [{ name: "a", input_schema: {} }], tool_choice: { type } }).tool_choice).toBe(expected);
  });

  test("has images and documents as parts", () => {
    const content = [
      { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } },
      { type: "image", source: { type: "url", url: "https://example.com/a.jpg" } },
      { type: "document", title: "a.pdf", source: { type: "base64", media_type: "application/pdf", data: "aGk=" } },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "hello" } },
    ];
    expect(translate({ messages: [{ role: "user", content }] }).messages).toEqual([
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
          { type: "image_url", image_url: { url: "https://example.com/a.jpg" } },
          { type: "file", file: { file_data: "data:application/pdf;base64,aGk=", filename: "a.pdf" } },
          { type: "text", text: "hello" },
        ],
      },
    ]);
  });

  test.each([
    ["max_tokens", { max_tokens: undefined }],
    ["messages", { messages: "Hi" }],
    ["messages[0].role", { messages: [{ role: "robot", content: "Hi" }] }],
    ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ type: "container_upload" }] }] }],
    [
      "messages[0].content[0].source.type",
      { messages: [{ role: "user", content: [{ type: "image", source: { type: "file" } }] }] },
    ],
    ["tool_choice.type", { tools: [{ name: "a", input_schema: {} }], tool_choice: { type: "maybe" } }],
  ])("is refused at %s when it is %j", (param, fields) => {
    expect(refusal(fields)).toMatchObject({ code: "invalid_request", param });
  });

  // documented: messages-round-trip
  test("means the same after a way to Anthropic's dialect and back", () => {
    void fc.assert(
      fc.property(conversations, (messages) => {
        const options = { model: "claude", stream: false, defaultMaxTokens: 5, takesSampling: true };
        const there = anthropicRequest({ messages }, options);
        const back = chatOfMessages(there);
        expect(anthropicRequest(back, options)).toEqual(there);
        const called = (all: readonly unknown[]) =>
          (all as { tool_calls?: { id: string; function: { name: string; arguments: string } }[] }[]).flatMap(
            ({ tool_calls }) =>
              (tool_calls ?? []).map((call) => [call.id, call.function.name, call.function.arguments]),
          );
        expect(called(back.messages as unknown[])).toEqual(called(messages));
      }),
      { numRuns: 100 },
    );
  });

  test("that is no request never makes anything but a refusal or a chat", () => {
    void fc.assert(
      fc.property(
        fc.record(
          {
            max_tokens: fc.jsonValue(),
            messages: fc.oneof(
              fc.jsonValue(),
              fc.array(fc.record({ role: fc.constantFrom("user", "assistant", "system", 3), content: fc.jsonValue() })),
            ),
            system: fc.jsonValue(),
            tools: fc.jsonValue(),
            tool_choice: fc.jsonValue(),
            output_config: fc.jsonValue(),
            metadata: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        (fields) => {
          try {
            expect(chatOfMessages(fields)).toHaveProperty("messages");
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
