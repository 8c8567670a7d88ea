import { describe, expect, test } from "vitest";
import type { GenerationRequest } from "../../../core/generation-request.ts";
import { openAiBody } from "./openai-body.ts";

const request = (text: string, stream: boolean, wantsUsage = false): GenerationRequest => ({
  route: "/v1/chat/completions",
  model: "tiny",
  stream,
  wantsUsage,
  maxTokens: undefined,
  tenant: "t",
  promptTokensEstimate: 1,
  routedPrompts: new Map(),
  bytes: Buffer.from(text),
  fields: JSON.parse(text),
});

describe("the body for a target of OpenAI's dialect", () => {
  test("is the client's own, byte for byte, when no field has to change", async () => {
    const text = ' { "model" : "tiny", "messages": [] }';
    expect((await openAiBody(request(text, false), "tiny", "provider")).toString()).toBe(text);
  });

  test("has the target's name for the model, and every other field", async () => {
    const body = await openAiBody(request('{"model":"tiny","seed":3,"x":{"y":1}}', false), "maker/tiny", "provider");
    expect(JSON.parse(body.toString())).toEqual({ model: "maker/tiny", seed: 3, x: { y: 1 } });
  });

  test("requests a stream's usage, under another model name too, with the client's other stream options", async () => {
    const text = '{"model":"tiny","stream":true,"stream_options":{"include_usage":false,"a":1}}';
    for (const name of ["tiny", "other"])
      expect(JSON.parse((await openAiBody(request(text, true), name, "provider")).toString())).toEqual({
        model: name,
        stream: true,
        stream_options: { include_usage: true, a: 1 },
      });
  });
});

describe("the body of a forced call for our own engines", () => {
  const tool = (more: object) => ({ type: "function", function: { name: "f", parameters: {}, ...more } });
  const sent = async (server: "engine" | "provider", choice: unknown, ...tools: readonly object[]) => {
    const text = JSON.stringify({ model: "tiny", messages: [], tools, tool_choice: choice });
    return JSON.parse((await openAiBody(request(text, false), "tiny", server)).toString()).tools;
  };

  test.each(["required", { type: "function", function: { name: "f" } }])(
    "keeps the arguments of %j to the schema, where the client says nothing of it",
    async (choice) => {
      const tools = [tool({}), tool({ strict: null }), tool({ strict: false }), tool({ strict: true })];
      expect((await sent("engine", choice, ...tools)).map(({ function: { strict } }: never) => strict)).toEqual([
        true,
        true,
        false,
        true,
      ]);
    },
  );

  test("is the client's own where the model chooses by itself, where every tool has `strict`, and at providers", async () => {
    for (const choice of ["auto", "none", undefined])
      expect(await sent("engine", choice, tool({}))).toEqual([tool({})]);
    expect(await sent("provider", "required", tool({}))).toEqual([tool({})]);
    const text = `{ "tools":[${JSON.stringify(tool({ strict: false }))}], "tool_choice":"required","model":"tiny" }`;
    expect((await openAiBody(request(text, false), "tiny", "engine")).toString()).toBe(text);
  });
});
