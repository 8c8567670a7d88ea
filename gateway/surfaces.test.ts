import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { chat, completion, errorOf, post, startTestGateway } from "./test/test-gateway.ts";

describe("embeddings", () => {
  test("come to the official SDK as numbers, one vector for each input, and their tokens are counted", async () => {
    const { url, requestLine, engines } = await startTestGateway();
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
    const { data, usage } = await openai.embeddings.create({ model: "tiny", input: ["a", "b"] });
    expect(data.map(({ index, embedding }) => [index, Math.round((embedding[1] ?? 0) * 10)])).toEqual([
      [0, -8],
      [1, -8],
    ]);
    expect(usage.prompt_tokens).toBe(7);
    expect(engines[0]?.received[0]).toMatchObject({ path: "/v1/embeddings", body: { encoding_format: "base64" } });
    expect(await requestLine()).toMatchObject({ route: "/v1/embeddings", promptTokens: 7, completionTokens: 0 });
  });

  test.each([
    [{ input: "a", encoding_format: "hex" }, "encoding_format"],
    [{}, "input"],
    [{ input: [] }, "input"],
    [{ input: ["a", 7] }, "input[1]"],
    [{ input: [1, 2.5] }, "input[1]"],
    [{ input: [[1], [1, "b"]] }, "input[1][1]"],
    [{ input: Array.from({ length: 300_001 }, () => 1) }, "input"],
  ])("a wrong body, number %#, is 400 and names the field", async (fields, param) => {
    const { url } = await startTestGateway({ config: { bodyLimitBytes: 2_000_000 } });
    const error = await errorOf(
      await post(url, "/v1/embeddings", { model: "tiny", ...fields }),
      400,
      "invalid_request",
    );
    expect(error.param).toBe(param);
    expect(error.message).not.toContain('"b"');
  });

  test("are never streamed, whatever the body has", async () => {
    const { url } = await startTestGateway();
    const response = await post(url, "/v1/embeddings", { model: "tiny", input: "a", stream: true });
    expect(response.headers.get("content-type")).toBe("application/json");
  });
});

describe("tokenize and detokenize", () => {
  test("pass to the engine and back as they are", async () => {
    const { url, engines } = await startTestGateway();
    const body = { model: "tiny", messages: chat().messages, add_generation_prompt: true };
    const tokens = await post(url, "/tokenize", body);
    expect(await tokens.json()).toEqual({ count: 3, max_model_len: 4096, tokens: [1, 2, 3], token_strs: null });
    const text = await post(url, "/detokenize", { model: "tiny", tokens: [1, 2, 3] });
    expect(await text.json()).toEqual({ prompt: "one two three" });
    expect(engines[0]?.received.map(({ path }) => path)).toEqual(["/tokenize", "/detokenize"]);
    expect(engines[0]?.received[0]?.body).toEqual(body);
  });

  test("need a key where keys are needed, though vLLM itself needs none on these paths", async () => {
    const { url } = await startTestGateway({ config: { auth: "required" } });
    for (const path of ["/tokenize", "/detokenize", "/v1/embeddings"])
      await errorOf(await post(url, path, { model: "tiny" }), 401, "missing_api_key");
  });

  test("neither a prompt nor a conversation, or both, is 400", async () => {
    const { url } = await startTestGateway();
    for (const fields of [{}, { ...completion(), ...chat() }])
      await errorOf(await post(url, "/tokenize", { model: "tiny", ...fields }), 400, "invalid_request");
  });

  test("have a time limit of their own where one is set", async () => {
    const { url } = await startTestGateway({
      engines: [{ firstByteMs: 2000 }],
      config: { routeTimeouts: { "/tokenize": { totalSeconds: 0.2 } } },
    });
    await errorOf(await post(url, "/tokenize", { model: "tiny", prompt: "a" }), 504, "timeout");
  });
});

describe("what only the model can judge passes through byte for byte", () => {
  test("images, sounds and files in a message", async () => {
    const { url, engines } = await startTestGateway();
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } },
      { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
      { type: "file", file: { filename: "a.pdf", file_data: "JVBERi0=" } },
    ];
    const text = JSON.stringify(chat({ messages: [{ role: "user", content }] }));
    expect((await post(url, "/v1/chat/completions", text)).status).toBe(200);
    expect(engines[0]?.received[0]?.text).toBe(text);
  });

  // documented: request-fields-pass
  test("tools, structured outputs, sampling and fields that are unknown here", async () => {
    const { url, engines } = await startTestGateway();
    const text = JSON.stringify(
      chat({
        tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" }, strict: false } }],
        tool_choice: { type: "function", function: { name: "weather" } },
        structured_outputs: { regex: "[a-z]+" },
        response_format: { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } },
        logprobs: true,
        top_logprobs: 3,
        n: 2,
        seed: 7,
        stop: ["\n"],
        min_p: 0.1,
        top_k: 5,
        logit_bias: { "17": -100 },
        chat_template_kwargs: { enable_thinking: false },
        parallel_tool_calls: false,
      }),
    );
    expect((await post(url, "/v1/chat/completions", text)).status).toBe(200);
    expect(engines[0]?.received[0]?.text).toBe(text);
  });

  // documented: long-context
  test("a prompt of over 100,000 tokens, which the engine counts", async () => {
    const { url, engines } = await startTestGateway({
      model: { contextTokens: 131_072 },
      engines: [{ contextTokens: 131_072 }],
      config: { bodyLimitBytes: 4_000_000 },
    });
    const prompt = "word ".repeat(120_000);
    expect((await post(url, "/v1/completions", completion({ prompt, max_tokens: 4000 }))).status).toBe(200);
    expect(engines[0]?.received[0]?.body.prompt).toBe(prompt);
    const message = "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens.";
    engines[0]!.behaviour.mode = { status: 400, body: JSON.stringify({ error: { message, code: 400 } }) };
    const refused = await post(url, "/v1/completions", completion({ prompt: "a ".repeat(10) }));
    expect((await errorOf(refused, 400, "context_length_exceeded")).message).toContain("140000");
  });
});
