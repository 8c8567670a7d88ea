import { describe, expect, test } from "vitest";
import { fieldNeeds } from "./request-needs.ts";

const chat = (fields: Record<string, unknown>) =>
  Object.fromEntries(fieldNeeds({ fields: { messages: [], ...fields } }));

describe("what a request needs of a target", () => {
  test.each([
    ["text alone: nothing", {}, {}],
    ["tools", { tools: [{ type: "function" }] }, { tools: "tools" }],
    ["an empty list of tools: nothing", { tools: [] }, {}],
    ["a schema for the response", { response_format: { type: "json_schema" } }, { "json-schema": "response_format" }],
    ["any JSON: nothing", { response_format: { type: "json_object" } }, {}],
    ["logprobs", { logprobs: true }, { logprobs: "logprobs" }],
    ["no logprobs: nothing", { logprobs: false }, {}],
    ["an image", { messages: [{ content: [{ type: "text" }, { type: "image_url" }] }] }, { vision: "messages" }],
    ["sound", { messages: [{ content: "x" }, { content: [{ type: "input_audio" }] }] }, { audio: "messages" }],
  ])("%s", (_, fields, needs) => {
    expect(chat(fields)).toEqual(needs);
  });

  test("logprobs of a prompt to continue, as a number", () => {
    const needs = fieldNeeds({ fields: { prompt: "x", logprobs: 0 } });
    expect(Object.fromEntries(needs)).toEqual({ logprobs: "logprobs" });
  });
});
