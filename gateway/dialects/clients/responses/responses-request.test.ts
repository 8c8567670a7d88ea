import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatCompletionRequest } from "../../../../contracts/api/chat.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { encryptedContent, inputItems } from "./responses-items.ts";
import { chatOfResponses } from "./responses-request.ts";

const newId = (prefix: string) => `${prefix}_new`;
const translate = (fields: Record<string, unknown>) =>
  chatOfResponses({ model: "tiny", ...fields }, inputItems(fields.input ?? "Hi", newId));

function refusal(fields: Record<string, unknown>) {
  try {
    translate(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error.body.error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a request of OpenAI's Responses", () => {
  // documented: responses-to-chat
  test("is a chat completion that the contract takes", () => {
    const schema = { type: "object", properties: {} };
    const chat = translate({
      instructions: "Be brief",
      max_output_tokens: 9,
      temperature: 0.4,
      top_p: 0.9,
      user: "u",
      reasoning: { effort: "low", summary: "auto" },
      text: { verbosity: "low", format: { type: "json_schema", name: "a", schema, strict: true } },
      tools: [{ type: "function", name: "f", description: "F", parameters: schema, strict: true }],
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
      include: ["reasoning.encrypted_content"],
      service_tier: "auto",
      truncation: "disabled",
      stream: true,
    });
    expect(chat).toEqual({
      model: "tiny",
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "Hi" },
      ],
      max_completion_tokens: 9,
      temperature: 0.4,
      top_p: 0.9,
      user: "u",
      reasoning_effort: "low",
      verbosity: "low",
      response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } },
      tools: [{ type: "function", function: { name: "f", description: "F", parameters: schema, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(ChatCompletionRequest.safeParse(chat).success).toBe(true);
  });

  test("has the model's earlier texts and calls as its messages", () => {
    const signed = [{ type: "thinking", thinking: "hm", signature: "s" }];
    const input = [
      { role: "user", content: "Weather?" },
      {
        type: "reasoning",
        id: "rs",
        summary: [],
        content: [{ type: "reasoning_text", text: "hm" }],
        encrypted_content: encryptedContent(signed),
      },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Looking" }] },
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
      { type: "function_call", call_id: "c2", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "3" },
      { type: "function_call_output", call_id: "c2", output: [{ type: "input_text", text: "4" }] },
      { role: "assistant", content: "So" },
      { role: "developer", content: [{ type: "input_text", text: "Hurry" }] },
    ];
    const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
    const chat = translate({ input });
    expect(chat.messages).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "Looking",
        reasoning_content: "hm",
        thinking_blocks: signed,
        tool_calls: [call("c1"), call("c2")],
      },
      { role: "tool", tool_call_id: "c1", content: "3" },
      { role: "tool", tool_call_id: "c2", content: "4" },
      { role: "assistant", content: "So" },
      { role: "system", content: "Hurry" },
    ]);
    expect(ChatCompletionRequest.safeParse(chat).success).toBe(true);
  });

  test("has images and files as parts, and the allowed tools alone", () => {
    const content = [
      { type: "input_text", text: "See" },
      { type: "input_image", image_url: "https://example.com/a.png", detail: "low" },
      { type: "input_file", file_data: "data:application/pdf;base64,aGk=", filename: "a.pdf" },
    ];
    const tools = ["f", "g"].map((name) => ({ type: "function", name, parameters: {} }));
    const tool_choice = { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "g" }] };
    expect(translate({ input: [{ role: "user", content }], tools, tool_choice })).toMatchObject({
      messages: [
        {
          content: [
            { type: "text", text: "See" },
            { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,aGk=", filename: "a.pdf" } },
          ],
        },
      ],
      tools: [{ function: { name: "g" } }],
      tool_choice: "required",
    });
  });

  test.each([
    ["background", { background: true }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "p" } }],
    ["truncation", { truncation: "auto" }],
    ["truncation", { truncation: 5 }],
    ["top_logprobs", { top_logprobs: 2 }],
    ["top_logprobs", { top_logprobs: "x" }],
    ["top_logprobs", { top_logprobs: -1 }],
    ["include", { include: ["message.output_text.logprobs"] }],
    ["tool_choice.type", { tools: [{ type: "function", name: "f" }], tool_choice: { type: "mcp" } }],
    [
      "tool_choice.tools",
      { tools: [{ type: "function", name: "f" }], tool_choice: { type: "allowed_tools", tools: [] } },
    ],
    ["input", { input: 5 }],
    ["input[0]", { input: ["Hi"] }],
    ["input[0].type", { input: [{ type: "item_reference", id: "x" }] }],
    ["input[0].role", { input: [{ role: "robot", content: "Hi" }] }],
    ["input[0].content[0].type", { input: [{ role: "user", content: [{ type: "film" }] }] }],
    ["input[0].content[0].image_url", { input: [{ role: "user", content: [{ type: "input_image", file_id: "f" }] }] }],
    [
      "input[0].content[0].file_data",
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }] }] },
    ],
  ])("is refused at %s when it is %j", (param, fields) => {
    expect(refusal(fields)).toMatchObject({ code: "invalid_request", param });
  });

  test.each([
    [{ truncation: "auto" }, 'got "auto"; shorten the input.'],
    [{ truncation: "Dear diary, today" }, "got another string; shorten the input."],
    [{ truncation: { type: "auto" } }, "got an object; shorten the input."],
    [{ top_logprobs: "x" }, 'got "x"; use /v1/chat/completions.'],
  ])("whose refused field is %j names the value", (fields, message) => {
    expect(refusal(fields).message).toContain(message);
  });

  test("that is no request never makes anything but a refusal or a chat", () => {
    const item = fc.record(
      {
        type: fc.constantFrom("message", "function_call", "function_call_output", "reasoning", 3),
        role: fc.constantFrom("user", "assistant", "system", "x"),
        content: fc.jsonValue(),
        output: fc.jsonValue(),
        encrypted_content: fc.oneof(fc.string(), fc.base64String()),
      },
      { requiredKeys: [] },
    );
    void fc.assert(
      fc.property(
        fc.record(
          {
            input: fc.oneof(fc.jsonValue(), fc.array(item)),
            tools: fc.jsonValue(),
            tool_choice: fc.jsonValue(),
            text: fc.jsonValue(),
            reasoning: fc.jsonValue(),
            include: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        (fields) => {
          try {
            expect(translate(fields)).toHaveProperty("messages");
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
