import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requestProblem } from "../../../../test-support/fake-anthropic.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { conversations } from "../../../test/dialect-cases.ts";
import { anthropicRequest } from "./anthropic-request.ts";

const user = { role: "user", content: "Hi" };
const options = { model: "claude", stream: false, defaultMaxTokens: 4096, takesSampling: true };
const translate = (fields: Record<string, unknown>) => anthropicRequest({ messages: [user], ...fields }, options);
const weather = {
  type: "function",
  function: { name: "weather", description: "Looks", parameters: { properties: { city: { type: "string" } } } },
};
const call = {
  id: "c1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Oslo"}' },
};

function refusal(fields: Record<string, unknown>) {
  try {
    translate(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error.body.error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a chat completion for Anthropic", () => {
  test("has its instructions apart, its model and a bound of tokens", () => {
    expect(
      translate({ messages: [{ role: "system", content: "Be brief" }, user, { role: "developer", content: "!" }] }),
    ).toEqual({
      model: "claude",
      max_tokens: 4096,
      system: [
        { type: "text", text: "Be brief" },
        { type: "text", text: "!" },
      ],
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    });
  });

  test("has Anthropic's words for the sampling fields, the temperature within its range", () => {
    const fields = {
      max_tokens: 5,
      max_completion_tokens: 9,
      temperature: 1.7,
      top_p: 0.5,
      top_k: 40,
      stop: "END",
      user: "u1",
      seed: 3,
      n: 1,
      presence_penalty: 0,
      reasoning_effort: "minimal",
    };
    expect(translate(fields)).toMatchObject({
      max_tokens: 9,
      temperature: 1,
      top_p: 0.5,
      top_k: 40,
      stop_sequences: ["END"],
      metadata: { user_id: "u1" },
      output_config: { effort: "low" },
    });
    expect(translate({ ...fields, stop: ["a", "b"], top_p: 1 })).toMatchObject({ stop_sequences: ["a", "b"] });
    expect(translate({ top_p: 1 })).not.toHaveProperty("top_p");
    expect(translate(fields)).not.toHaveProperty("seed");
    const without = anthropicRequest({ messages: [user], ...fields }, { ...options, takesSampling: false });
    expect(Object.keys(without)).not.toEqual(expect.arrayContaining(["temperature"]));
    expect(without).toMatchObject({ stop_sequences: ["END"] });
  });

  test("has tool calls and their results as blocks of turns that alternate", () => {
    const messages = [
      user,
      { role: "user", content: [{ type: "text", text: "and?" }] },
      { role: "assistant", content: "", tool_calls: [call, { ...call, id: "c2" }] },
      { role: "tool", tool_call_id: "c1", content: "3 °C" },
      { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "4 °C" }] },
      { role: "user", content: "So?" },
    ];
    expect(translate({ messages, tools: [weather] }).messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "Hi" },
          { type: "text", text: "and?" },
        ],
      },
      {
        role: "assistant",
        content: ["c1", "c2"].map((id) => ({ type: "tool_use", id, name: "weather", input: { city: "Oslo" } })),
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "c1", content: [{ type: "text", text: "3 °C" }] },
          { type: "tool_result", tool_use_id: "c2", content: [{ type: "text", text: "4 °C" }] },
          { type: "text", text: "So?" },
        ],
      },
    ]);
  });

  test.each([
    ["auto", true, { type: "auto" }],
    ["auto", false, { type: "auto", disable_parallel_tool_use: true }],
    ["required", true, { type: "any" }],
    ["none", false, { type: "none" }],
    [undefined, false, { type: "auto", disable_parallel_tool_use: true }],
    [undefined, true, undefined],
    [
      { type: "function", function: { name: "weather" } },
      false,
      { type: "tool", name: "weather", disable_parallel_tool_use: true },
    ],
  ])("tool_choice %j, parallel %j is %j", (tool_choice, parallel_tool_calls, expected) => {
    const body = translate({ tools: [weather], tool_choice, parallel_tool_calls });
    expect(body.tool_choice).toEqual(expected);
    expect(body.tools).toEqual([
      {
        name: "weather",
        description: "Looks",
        input_schema: { type: "object", properties: { city: { type: "string" } } },
      },
    ]);
  });

  test("with past tool calls and no tools defines those, and lets none be called", () => {
    const messages = [
      user,
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "3" },
    ];
    expect(translate({ messages, tool_choice: "auto" })).toMatchObject({
      tools: [{ name: "weather", input_schema: { type: "object" } }],
      tool_choice: { type: "none" },
    });
  });

  test("has images and files by data URL and by address", () => {
    const content = [
      { type: "image_url", image_url: { url: "data:image/PNG;base64,aGk=", detail: "low" } },
      { type: "image_url", image_url: { url: "https://example.com/a.jpg" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,aGk=" } },
      { type: "file", file: { file_data: "data:text/plain;charset=utf-8;base64,aMOk" } },
    ];
    expect(translate({ messages: [{ role: "user", content }] }).messages).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } },
          { type: "image", source: { type: "url", url: "https://example.com/a.jpg" } },
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: "aGk=" }, title: "a.pdf" },
          { type: "document", source: { type: "text", media_type: "text/plain", data: "hä" } },
        ],
      },
    ]);
  });

  test("has a schema as the output's format, and cache marks and signed thinking unchanged", () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    const signed = { type: "thinking", thinking: "hm", signature: "s" };
    const cache_control = { type: "ephemeral" };
    const body = translate({
      messages: [
        { role: "user", content: [{ type: "text", text: "Hi", cache_control }] },
        { role: "assistant", content: "Yes", reasoning_content: "hm", thinking_blocks: [signed] },
        user,
      ],
      response_format: { type: "json_schema", json_schema: { name: "a", schema } },
      tools: [{ ...weather, cache_control }],
      thinking: { type: "enabled", budget_tokens: 2000 },
    });
    expect(body).toMatchObject({
      output_config: { format: { type: "json_schema", schema } },
      thinking: { type: "enabled", budget_tokens: 2000 },
      tools: [{ cache_control }],
      messages: [
        { content: [{ text: "Hi", cache_control }] },
        { content: [signed, { type: "text", text: "Yes" }] },
        {},
      ],
    });
  });

  test.each([
    ["n", { n: 2 }],
    ["logprobs", { logprobs: true }],
    ["logit_bias", { logit_bias: { 5: 1 } }],
    ["presence_penalty", { presence_penalty: 0.5 }],
    ["functions", { functions: [{ name: "a" }] }],
    ["modalities", { modalities: ["text", "audio"] }],
    ["guided_regex", { guided_regex: "a+" }],
    ["response_format", { response_format: { type: "json_schema" } }],
    ["stop", { stop: ["\n"] }],
    ["tool_choice", { tool_choice: "required" }],
    ["tool_choice.function.name", { tools: [weather], tool_choice: { type: "function", function: { name: "x" } } }],
    ["reasoning_effort", { reasoning_effort: "hard" }],
    ["messages", { messages: [{ role: "system", content: "a" }] }],
    ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ type: "input_audio" }] }] }],
    [
      "messages[0].content[0].image_url.url",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "file:///etc/passwd" } }] }] },
    ],
    [
      "messages[0].content[0].file.file_data",
      { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
    ],
    ["messages[0].role", { messages: [{ role: "function", name: "a", content: "b" }] }],
    ["messages[0].tool_call_id", { messages: [{ role: "tool", content: "b" }] }],
    [
      "messages[1].tool_calls[0].function.arguments",
      { messages: [user, { role: "assistant", tool_calls: [{ ...call, function: { name: "a", arguments: "[1]" } }] }] },
    ],
  ])("is refused at %s, with a remedy, when it is %j", (param, fields) => {
    const error = refusal(fields);
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect(error.message).toContain(param.split(".")[0]);
  });

  test("of any conversation is one that Anthropic takes, and no text of it is lost", () => {
    void fc.assert(
      fc.property(conversations, (messages) => {
        const body = translate({ messages });
        expect(requestProblem(JSON.parse(JSON.stringify(body)))).toBeUndefined();
        const texts = (value: unknown): string[] =>
          Array.isArray(value)
            ? value.flatMap(texts)
            : typeof value === "object" && value !== null
              ? Object.entries(value).flatMap(([key, inner]) => (key === "text" ? [String(inner)] : texts(inner)))
              : [];
        const before = messages.filter(({ role }) => role !== "system");
        const contents = before.flatMap(({ content }) =>
          typeof content === "string" ? [content] : (content ?? []).map(({ text }) => text),
        );
        expect(texts((body.messages as { content: unknown }[]).map(({ content }) => content))).toEqual(
          contents.filter((text) => text !== ""),
        );
      }),
      { numRuns: 150 },
    );
  });
});
