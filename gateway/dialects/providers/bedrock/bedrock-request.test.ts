import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { converseProblemOf } from "../../../../test-support/fake-bedrock.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { conversations } from "../../../test/dialect-cases.ts";
import { converseRequest } from "./bedrock-request.ts";

const user = { role: "user", content: "Hi" };
const translate = (fields: Record<string, unknown>) => converseRequest({ messages: [user], ...fields });
const weather = { type: "function", function: { name: "weather", parameters: { type: "object" } } };
const call = { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } };

function refusal(fields: Record<string, unknown>) {
  try {
    translate(fields);
  } catch (error) {
    if (error instanceof GatewayError) return error.body.error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a chat completion for Bedrock", () => {
  test("has its instructions, sampling and schema in Converse's words", () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    expect(
      translate({
        messages: [{ role: "system", content: "Be brief" }, user],
        max_tokens: 9,
        temperature: 1.5,
        top_p: 0.5,
        stop: ["END"],
        seed: 1,
        user: "u",
        response_format: { type: "json_schema", json_schema: { name: "a", schema } },
      }),
    ).toEqual({
      messages: [{ role: "user", content: [{ text: "Hi" }] }],
      system: [{ text: "Be brief" }],
      additionalModelResponseFieldPaths: ["/stop_sequence"],
      inferenceConfig: { maxTokens: 9, temperature: 1, topP: 0.5, stopSequences: ["END"] },
      outputConfig: {
        textFormat: { type: "json_schema", structure: { jsonSchema: { schema: JSON.stringify(schema), name: "a" } } },
      },
    });
    expect(translate({})).toEqual({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
  });

  test("has tools, calls and their results", () => {
    const signed = { type: "thinking", thinking: "hm", signature: "s" };
    const messages = [
      user,
      { role: "assistant", content: null, thinking_blocks: [signed], tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "" },
    ];
    expect(translate({ messages, tools: [weather], tool_choice: "required" })).toMatchObject({
      messages: [
        {},
        {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
            { toolUse: { toolUseId: "c1", name: "weather", input: { city: "Oslo" } } },
          ],
        },
        { role: "user", content: [{ toolResult: { toolUseId: "c1", content: [{ json: {} }] } }] },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: "weather", inputSchema: { json: { type: "object" } } } }],
        toolChoice: { any: {} },
      },
    });
    expect(translate({ messages })).toMatchObject({ toolConfig: { tools: [{ toolSpec: { name: "weather" } }] } });
    expect(translate({ tools: [weather], tool_choice: "none" })).not.toHaveProperty("toolConfig");
    expect(
      translate({ tools: [weather], tool_choice: { type: "function", function: { name: "weather" } } }),
    ).toMatchObject({
      toolConfig: { toolChoice: { tool: { name: "weather" } } },
    });
  });

  test("has images and documents as bytes", () => {
    const content = [
      { type: "image_url", image_url: { url: "data:image/jpg;base64,aGk=" } },
      { type: "file", file: { filename: "my_report (1).pdf", file_data: "data:application/pdf;base64,aGk=" } },
    ];
    expect(translate({ messages: [{ role: "user", content }] }).messages).toEqual([
      {
        role: "user",
        content: [
          { image: { format: "jpeg", source: { bytes: "aGk=" } } },
          { document: { format: "pdf", name: "my report (1) pdf", source: { bytes: "aGk=" } } },
        ],
      },
    ]);
  });

  const image = (url: string) => ({
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
  });
  test.each([
    ["n", { n: 2 }],
    ["top_k", { top_k: 5 }],
    ["parallel_tool_calls", { tools: [weather], parallel_tool_calls: false }],
    [
      "tool_choice",
      { tools: [weather], tool_choice: "none", messages: [user, { role: "assistant", tool_calls: [call] }] },
    ],
    ["response_format", { response_format: { type: "json_schema" } }],
    ["messages[0].content[0].image_url.url", image("https://example.com/a.png")],
    ["messages[0].content[0].image_url.url", image("data:image/tiff;base64,aGk=")],
    [
      "messages[0].content[0].file.file_data",
      { messages: [{ role: "user", content: [{ type: "file", file: { file_data: "data:audio/wav;base64,aGk=" } }] }] },
    ],
  ])("is refused at %s when it is %j", (param, fields) => {
    expect(refusal(fields)).toMatchObject({ code: "invalid_request", param });
  });

  test("of any conversation is one that Converse takes", () => {
    void fc.assert(
      fc.property(conversations, (messages) => {
        expect(converseProblemOf(JSON.parse(JSON.stringify(translate({ messages }))))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});
