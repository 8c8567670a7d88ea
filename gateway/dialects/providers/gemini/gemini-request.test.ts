import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requestProblem } from "../../../../test-support/fake-gemini.ts";
import { conversations } from "../../../test/dialect-cases.ts";
import { geminiRequest } from "./gemini-request.ts";

const user = { role: "user", content: "Hi" };
const request = (fields: Record<string, unknown>, model = "gemini-2.5-flash") =>
  geminiRequest({ messages: [user], ...fields }, model);
const config = (fields: Record<string, unknown>, model?: string) => request(fields, model).generationConfig;
const weather = { type: "function", function: { name: "weather", parameters: { properties: { city: {} } } } };
const call = { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } };

describe("a chat completion for Gemini", () => {
  test("has system texts apart, roles user and model, and neighbours of one role together", () => {
    const messages = [
      { role: "system", content: "Be brief" },
      { role: "user", content: "One" },
      { role: "user", content: [{ type: "text", text: "Two" }] },
      { role: "assistant", content: "Yes" },
      { role: "developer", content: "And kind" },
      { role: "user", content: "Three" },
    ];
    expect(request({ messages })).toEqual({
      systemInstruction: { parts: [{ text: "Be brief" }, { text: "And kind" }] },
      contents: [
        { role: "user", parts: [{ text: "One" }, { text: "Two" }] },
        { role: "model", parts: [{ text: "Yes" }] },
        { role: "user", parts: [{ text: "Three" }] },
      ],
    });
  });

  test("has images, audio and documents as data, and public addresses as they are", () => {
    const content = [
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      { type: "image_url", image_url: { url: "https://example.com/a.JPG?x=1" } },
      { type: "input_audio", input_audio: { data: "BBBB", format: "mp3" } },
      { type: "file", file: { file_data: "data:application/pdf;base64,CCCC" } },
    ];
    expect(request({ messages: [{ role: "user", content }] }).contents).toEqual([
      {
        role: "user",
        parts: [
          { inlineData: { mimeType: "image/png", data: "AAAA" } },
          { fileData: { mimeType: "image/jpeg", fileUri: "https://example.com/a.JPG?x=1" } },
          { inlineData: { mimeType: "audio/mpeg", data: "BBBB" } },
          { inlineData: { mimeType: "application/pdf", data: "CCCC" } },
        ],
      },
    ]);
    const unknown = [{ type: "image_url", image_url: { url: "https://example.com/a" } }];
    expect(() => request({ messages: [{ role: "user", content: unknown }] })).toThrow(/send a data URL instead/);
  });

  test("has tools, the choice among them, and results by the function's name", () => {
    const messages = [
      user,
      { role: "assistant", content: null, tool_calls: [call, { ...call, id: "c2" }] },
      { role: "tool", tool_call_id: "c1", content: '{"degrees":3}' },
      { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "cold" }] },
    ];
    expect(request({ messages, tools: [weather], tool_choice: "required" })).toEqual({
      contents: [
        { role: "user", parts: [{ text: "Hi" }] },
        {
          role: "model",
          parts: ["c1", "c2"].map((id) => ({ functionCall: { id, name: "weather", args: { city: "Oslo" } } })),
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "c1", name: "weather", response: { degrees: 3 } } },
            { functionResponse: { id: "c2", name: "weather", response: { result: "cold" } } },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: "weather", parametersJsonSchema: { type: "object", properties: { city: {} } } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    });
    expect(() => request({ messages: [user, { role: "tool", tool_call_id: "c9", content: "x" }] })).toThrow(
      /`messages\[1\].tool_call_id` names no call/,
    );
  });

  test.each([
    ["auto", { mode: "AUTO" }],
    ["none", { mode: "NONE" }],
    [
      { type: "function", function: { name: "weather" } },
      { mode: "ANY", allowedFunctionNames: ["weather"] },
    ],
  ])("with tool_choice %j has the mode %j", (choice, mode) => {
    expect(request({ tools: [weather], tool_choice: choice }).toolConfig).toEqual({ functionCallingConfig: mode });
  });

  test("has a call's signature: the call's own, else that of the thinking, else for new models the value that skips the check", () => {
    const signed = { ...call, extra_content: { google: { thought_signature: "own" } } };
    const thinking = [{ type: "thinking", thinking: "", signature: "gemini:thought" }];
    const signature = (message: object, model?: string) => {
      const messages = [
        user,
        { role: "assistant", content: null, ...message },
        { role: "tool", tool_call_id: "c1", content: "x" },
      ];
      const contents = request({ messages, tools: [weather] }, model).contents as {
        parts: { thoughtSignature?: string }[];
      }[];
      return contents[1]?.parts[0]?.thoughtSignature;
    };
    expect(signature({ tool_calls: [signed], thinking_blocks: thinking })).toBe("own");
    expect(signature({ tool_calls: [call], thinking_blocks: thinking })).toBe("thought");
    expect(signature({ tool_calls: [call] })).toBeUndefined();
    const foreign = [{ type: "thinking", thinking: "", signature: "EqQB" }];
    expect(signature({ tool_calls: [call], thinking_blocks: foreign }, "gemini-3-pro")).toBe(
      "skip_thought_signature_validator",
    );
  });

  test("without a call has the signature at its last text", () => {
    const thinking_blocks = [{ type: "thinking", thinking: "Hm", signature: "gemini:sig" }];
    const messages = [user, { role: "assistant", content: "Yes", thinking_blocks }, user];
    expect(request({ messages }).contents).toMatchObject([
      {},
      { role: "model", parts: [{ text: "Yes", thoughtSignature: "sig" }] },
      {},
    ]);
  });

  test("has sampling, stops, seed, penalties and log probabilities", () => {
    const fields = {
      temperature: 1.5,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 100,
      seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: 0,
      stop: ["END"],
      logprobs: true,
      top_logprobs: 3,
    };
    expect(config(fields)).toEqual({
      temperature: 1.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      seed: 7,
      presencePenalty: 0.5,
      stopSequences: ["END"],
      responseLogprobs: true,
      logprobs: 3,
    });
  });

  test("requests JSON, with a schema or without", () => {
    const schema = { type: "object", properties: {} };
    expect(config({ response_format: { type: "json_schema", json_schema: { name: "a", schema } } })).toEqual({
      responseMimeType: "application/json",
      responseJsonSchema: schema,
    });
    expect(config({ response_format: { type: "json_object" } })).toEqual({ responseMimeType: "application/json" });
    expect(config({ response_format: { type: "text" } })).toBeUndefined();
  });

  test.each([
    [
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      "gemini-2.5-pro",
      { includeThoughts: true, thinkingBudget: 2000 },
    ],
    [{ reasoning_effort: "medium" }, "gemini-2.5-pro", { includeThoughts: true, thinkingBudget: 8192 }],
    [{ reasoning_effort: "none" }, "gemini-2.5-flash", { thinkingBudget: 0 }],
    [{ reasoning_effort: "high" }, "gemini-3-pro", { includeThoughts: true, thinkingLevel: "high" }],
  ])("with %j thinks on %s as %j", (fields, model, thinkingConfig) => {
    expect(config(fields, model)).toEqual({ thinkingConfig });
  });

  test.each([
    ["n", 2],
    ["logit_bias", { 1: 1 }],
    ["parallel_tool_calls", false],
    ["reasoning_effort", "much"],
    ["stop", " "],
  ])("with %s %j is refused by name", (field, value) => {
    expect(() => request({ tools: [weather], [field]: value })).toThrow(`\`${field}\``);
  });

  test("is taken by the service whatever the conversation is", () => {
    void fc.assert(
      fc.property(conversations, (messages) => {
        const body = JSON.parse(JSON.stringify(geminiRequest({ messages }, "gemini-3-pro")));
        expect(requestProblem(body)).toBeUndefined();
      }),
    );
  });
});
