import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChatCompletionResponse } from "../contracts/api/chat.ts";
import { EmbeddingResponse } from "../contracts/api/embeddings.ts";
import { DetokenizeResponse, TokenizeResponse } from "../contracts/api/tokenize.ts";
import { EngineUnderTest } from "./test/engine-under-test.ts";

/** The real model, in this process, on the endpoints and features beside plain completions. */
let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await EngineUnderTest.listen(process.env);
  await engine.load();
});
afterAll(() => engine.stop());

const json = async (path: string, body: object): Promise<unknown> => (await engine.post(path, body)).json();
const embed = async (body: object) => EmbeddingResponse.parse(await json("/v1/embeddings", body));
const tokenize = async (body: object) => TokenizeResponse.parse(await json("/tokenize", body));
const chatText = async (body: object) => {
  const messages = [{ role: "user", content: "Pick one." }];
  const response = ChatCompletionResponse.parse(await json("/v1/chat/completions", { messages, ...body }));
  return response.choices[0]?.message.content ?? "";
};

describe("embeddings", () => {
  test("are all-MiniLM-L6-v2's: length 1, 384 numbers, in the inputs' order, counted in its tokens", async () => {
    const response = await embed({ input: ["A cat sat.", "Shares fell today."] });
    const [cat, shares] = response.data.map(({ embedding }) => embedding as number[]);
    expect(response.data.map(({ index }) => index)).toEqual([0, 1]);
    expect(Math.hypot(...cat!)).toBeCloseTo(1, 6);
    expect([cat, shares].map((vector) => vector?.length)).toEqual([384, 384]);
    // [CLS] a cat sat . [SEP], and its numbers in BERT's vocabulary.
    const again = await embed({ input: [1037, 4937, 2938, 1012] });
    expect(again.data[0]?.embedding).toEqual(cat);
    expect(again.usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
  });

  // documented: embeddings-similarity
  test("a paraphrase is near and another text is far, as in sentence-transformers", async () => {
    const input = [
      "How do I reset my password?",
      "What is the way to change a forgotten password?",
      "The stock market fell today.",
    ];
    const [first, again, shares] = (await embed({ input })).data.map(({ embedding }) => embedding as number[]);
    const cosine = (one: number[], other: number[]) =>
      one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
    expect(cosine(first!, again!)).toBeCloseTo(0.809, 2);
    expect(cosine(first!, shares!)).toBeCloseTo(0.045, 2);
  });

  // documented: embeddings-base64
  test("base64, which the official SDK requests, decodes to the same vector", async () => {
    const openai = new OpenAI({ baseURL: `${engine.url}/v1`, apiKey: "any", maxRetries: 0 });
    const { data } = await openai.embeddings.create({ model: "tiny", input: "A cat sat." });
    const floats = (await embed({ input: "A cat sat.", encoding_format: "float" })).data[0]?.embedding as number[];
    expect(data[0]?.embedding).toHaveLength(384);
    expect(data[0]?.embedding[7]).toBeCloseTo(floats[7]!, 6);
  });

  test.each([
    [{ input: "a", dimensions: 64 }, "invalid_request", "dimensions"],
    [{ input: [] }, "invalid_request", "input"],
    [{ input: [999_999] }, "invalid_request", "input.0"],
    [{ input: ["a", "b ".repeat(1100)] }, "context_length_exceeded", "input.1"],
    [{ input: "a", model: "other" }, "model_not_found", "model"],
  ])("wrong input number %# is refused by its code and field", async (body, code, param) => {
    expect(await json("/v1/embeddings", body)).toMatchObject({ error: { code, param } });
  });
});

describe("tokenize and detokenize", () => {
  test("are inverse to each other, with the strings of the tokens when requested", async () => {
    const prompt = "Grüße, Welt! 😀";
    const { tokens, count, max_model_len, token_strs } = await tokenize({ prompt, return_token_strs: true });
    expect([count, max_model_len, token_strs?.length]).toEqual([tokens.length, 1024, tokens.length]);
    expect(DetokenizeResponse.parse(await json("/detokenize", { tokens }))).toEqual({ prompt });
    expect((await tokenize({ prompt })).token_strs).toBeNull();
  });

  test("a conversation counts with its template, exactly as its response will", async () => {
    const messages = [{ role: "user", content: "Hello" }];
    const { count } = await tokenize({ messages });
    const response = ChatCompletionResponse.parse(await json("/v1/chat/completions", { messages, max_tokens: 1 }));
    expect(response.usage?.prompt_tokens).toBe(count);
  });

  test.each([
    ["/tokenize", {}, "prompt"],
    ["/tokenize", { prompt: "a", messages: [{ role: "user", content: "a" }] }, "prompt"],
    [
      "/tokenize",
      { messages: [{ role: "user", content: "a" }], continue_final_message: true },
      "continue_final_message",
    ],
    ["/detokenize", { tokens: [1, 999_999] }, "tokens.1"],
  ])("%s %j is 400 and names %s", async (path, body, param) => {
    expect(await json(path, body)).toMatchObject({ error: { code: "invalid_request", param } });
  });
});

describe("tools that the model may call", () => {
  const get = (city: string) => ({ name: "get_weather", arguments: JSON.stringify({ city }) });
  const tools = [
    {
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "Weather of a city",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    },
  ];
  const weatherPrompt = (city: string) => ({ role: "user" as const, content: `What is the weather in ${city}?` });
  const seen = [
    weatherPrompt("Rome"),
    {
      role: "assistant" as const,
      content: null,
      tool_calls: [{ id: "call_1", type: "function" as const, function: get("Rome") }],
    },
  ];
  // A model of this size calls where it has seen a call before, and not on its own.
  const body = { model: "tiny", messages: [...seen, weatherPrompt("Paris")], tools, max_tokens: 60, temperature: 0 };

  // documented: tool-calls-real-model
  test("are called by the real model, whole and streamed", async () => {
    const openai = new OpenAI({ baseURL: `${engine.url}/v1`, apiKey: "any", maxRetries: 0 });
    const whole = await openai.chat.completions.create(body);
    const called = { type: "function", id: expect.stringMatching(/^call_/), function: get("Paris") };
    expect(whole.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: null, tool_calls: [called] },
    });
    const streamed = await openai.chat.completions.stream(body).finalChatCompletion();
    expect(streamed.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { tool_calls: [called] } });
  });

  test("are called once where only one call is allowed", async () => {
    const once = { ...body, parallel_tool_calls: false };
    const response = ChatCompletionResponse.parse(await json("/v1/chat/completions", once));
    expect(response.choices[0]?.message.tool_calls?.map((call) => call.function)).toEqual([get("Paris")]);
  });

  test("are not called with tool_choice none, nor where the response is text", async () => {
    const none = ChatCompletionResponse.parse(await json("/v1/chat/completions", { ...body, tool_choice: "none" }));
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
    const messages = [{ role: "user", content: "Say hello." }];
    const text = ChatCompletionResponse.parse(await json("/v1/chat/completions", { messages, tools, max_tokens: 8 }));
    expect(text.choices[0]?.message).toMatchObject({ content: expect.stringMatching(/./) });
    expect(text.choices[0]?.finish_reason).not.toBe("tool_calls");
  });
});

describe("structured output in vLLM's fields", () => {
  test.each([
    ["guided_choice", { guided_choice: ["red", "blue\n"] }, /^(red|blue\n)$/],
    ["guided_regex", { guided_regex: String.raw`#[0-9a-f]{6}( \w{1,5})?` }, /^#[0-9a-f]{6}( \w{1,5})?$/],
    ["guided_grammar", { guided_grammar: 'root ::= "a" [0-9] "b"' }, /^a[0-9]b$/],
    ["structured_outputs.regex", { structured_outputs: { regex: String.raw`\d{4}-\d{2}` } }, /^\d{4}-\d{2}$/],
    ["structured_outputs.choice", { structured_outputs: { choice: ["yes", "no"] } }, /^(yes|no)$/],
  ])("%s holds in chat and in completions", async (_name, body, form) => {
    expect(await chatText({ max_tokens: 40, ...body })).toMatch(form);
    const response = await engine.complete({ prompt: "Answer:", max_tokens: 40, ...body });
    expect(response.choices[0]).toMatchObject({ text: expect.stringMatching(form), finish_reason: "stop" });
  });

  test.each(["guided_json", "structured_outputs"])("%s holds, patterns of strings included", async (field) => {
    const code = { type: "string", pattern: "^[A-Z]{2}-[0-9]{3}$" };
    const schema = { type: "object", properties: { code }, required: ["code"], additionalProperties: false };
    const value = field === "guided_json" ? JSON.stringify(schema) : { json: schema };
    const text = await chatText({ max_tokens: 60, [field]: value });
    expect(JSON.parse(text)).toEqual({ code: expect.stringMatching(/^[A-Z]{2}-[0-9]{3}$/) });
  });

  test.each([
    [{ guided_regex: "(?=a)" }, "guided_regex"],
    [{ guided_regex: "a", guided_choice: ["b"] }, "guided_choice"],
    [{ guided_choice: ["b"], response_format: { type: "json_object" } }, "guided_choice"],
    [{ guided_grammar: "no grammar" }, "guided_grammar"],
    [{ structured_outputs: { structural_tag: "{}" } }, "structured_outputs.structural_tag"],
    [{ guided_json: "{" }, "guided_json"],
    [{ min_tokens: 3 }, "min_tokens"],
  ])("%j is 400 and names %s", async (body, param) => {
    const response = await json("/v1/chat/completions", { messages: [{ role: "user", content: "a" }], ...body });
    expect(response).toMatchObject({ error: { code: "invalid_request", param } });
  });

  // documented: sampling-seed
  test("a sampled response under a grammar repeats with its seed", async () => {
    const body = { max_tokens: 30, temperature: 1.5, guided_regex: "[a-z]{12}" };
    const first = await chatText({ ...body, seed: 7 });
    expect(await chatText({ ...body, seed: 7 })).toBe(first);
    expect(await chatText({ ...body, seed: 8 })).not.toBe(first);
  });

  test("stop_token_ids end an response like its own end", async () => {
    const whole = (await engine.complete({ prompt: "Water is", max_tokens: 8 })).choices[0]?.text ?? "";
    const { tokens } = await tokenize({ prompt: whole });
    const stopped = await engine.complete({ prompt: "Water is", max_tokens: 8, stop_token_ids: [tokens[3]] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(whole.startsWith(stopped.choices[0]?.text ?? "-")).toBe(true);
    expect(stopped.usage?.completion_tokens).toBeLessThan(8);
  });
});
