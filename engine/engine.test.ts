import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChatCompletionChunk, ChatCompletionResponse } from "../contracts/api/chat.ts";
import { CompletionResponse } from "../contracts/api/completions.ts";
import { ModelList } from "../contracts/api/models.ts";
import { EngineUnderTest } from "./test/engine-under-test.ts";
import { callOf, formatOf, ODD_UNITS, toolOf, withLongestHold } from "./test/long-texts.ts";

/** Milliseconds of CPU time. Seen on a busy machine: 30 at most; without turns in between, 130 to 1000. */
const MAX_HOLD_MS = 150;

/** The real model, in this process. No assertion depends on wording: only on protocol, counts and repeatability. */
let engine: EngineUnderTest;
let healthBefore = 0;
let modelsBefore = 0;

beforeAll(async () => {
  engine = await EngineUnderTest.listen(process.env);
  healthBefore = (await fetch(`${engine.url}/health`)).status;
  modelsBefore = (await fetch(`${engine.url}/v1/models`)).status;
  await engine.load();
});
afterAll(() => engine.stop());

const chat = async (body: object) => {
  const messages = [{ role: "user", content: "List three fruits" }];
  const response = await engine.post("/v1/chat/completions", { messages, ...body });
  return ChatCompletionResponse.parse(await response.json());
};
const problem = async (response: Response) => {
  const body: unknown = await response.json();
  return { status: response.status, body };
};
const events = async (response: Response) => {
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const lines = (await response.text()).split("\n\n").filter((line) => line !== "");
  expect(lines.pop()).toBe("data: [DONE]");
  return lines.map((line): unknown => JSON.parse(line.replace(/^data: /, "")));
};

describe("readiness", () => {
  test("/health and the API respond with 503 until the model is warm", async () => {
    expect([healthBefore, modelsBefore]).toEqual([503, 503]);
    expect((await fetch(`${engine.url}/health`)).status).toBe(200);
  });

  test("the model card shows the served name, the real weights and the context", async () => {
    const { data } = ModelList.parse(await (await fetch(`${engine.url}/v1/models`)).json());
    expect(data).toMatchObject([{ id: "tiny", root: "HuggingFaceTB/SmolLM2-135M-Instruct", max_model_len: 1024 }]);
  });
});

describe("completions", () => {
  test("stop at 16 tokens by default and are repeatable at temperature 0, cached prefix or not", async () => {
    const first = await engine.complete({ prompt: "Water is" });
    expect(first.choices[0]).toMatchObject({ index: 0, finish_reason: "length" });
    expect(first.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 16, total_tokens: 18 });
    expect((await engine.complete({ prompt: "Water is" })).choices[0]?.text).toBe(first.choices[0]?.text);
  });

  test("a seed repeats a sampled completion; the completions of one request differ", async () => {
    const body = { prompt: "Once upon a time", max_tokens: 12, temperature: 1.2, seed: 11, n: 2 };
    const [first, second] = [await engine.complete(body), await engine.complete(body)];
    expect(second.choices.map(({ text }) => text)).toEqual(first.choices.map(({ text }) => text));
    expect(first.choices[0]?.text).not.toBe(first.choices[1]?.text);
    expect(first.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(first.usage).toMatchObject({ completion_tokens: 24 });
  });

  test("a stop string ends the completion before itself, streamed or not", async () => {
    const whole = (await engine.complete({ prompt: "One, two, three,", max_tokens: 12 })).choices[0]?.text ?? "";
    const stop = whole.slice(5, 8);
    const body = { prompt: "One, two, three,", max_tokens: 12, stop: [stop, "never there"] };
    const stopped = (await engine.complete(body)).choices[0];
    expect(stopped).toMatchObject({ text: whole.slice(0, whole.indexOf(stop)), finish_reason: "stop" });
    const streamed = (await events(await engine.post("/v1/completions", { ...body, stream: true }))).map((event) =>
      CompletionResponse.parse(event),
    );
    expect(streamed.map(({ choices }) => choices[0]?.text).join("")).toBe(stopped?.text);
    expect(streamed.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });

  test("lists of prompts, token ids and echo are completed in the prompts' order", async () => {
    const { tokens } = (await (await engine.post("/tokenize", { prompt: "Water is" })).json()) as { tokens: number[] };
    const texts = await engine.complete({ prompt: ["Water is", "Fire is"], max_tokens: 3, echo: true });
    expect(texts.choices.map(({ text }) => /^(Water|Fire) is./s.exec(text)?.[1])).toEqual(["Water", "Fire"]);
    const ids = await engine.complete({ prompt: tokens, max_tokens: 3 });
    expect(`Water is${ids.choices[0]?.text}`).toBe(texts.choices[0]?.text);
  });

  test("log probabilities come with each token, and the chosen one is among the alternatives", async () => {
    const { choices } = await engine.complete({ prompt: "Water is", max_tokens: 4, logprobs: 2 });
    const logprobs = choices[0]?.logprobs;
    expect(logprobs?.tokens.join("")).toBe(choices[0]?.text);
    expect(logprobs?.top_logprobs.map((top) => Object.keys(top ?? {}).length)).toEqual([2, 2, 2, 2]);
    expect(logprobs?.token_logprobs[0]).toBe(Math.max(...Object.values(logprobs?.top_logprobs[0] ?? {})));
    expect(logprobs?.text_offset).toEqual([
      0,
      ...[1, 2, 3].map((end) => logprobs?.tokens.slice(0, end).join("").length),
    ]);
    const plain = await engine.complete({ prompt: "Water is", max_tokens: 4 });
    expect(choices[0]?.text).toBe(plain.choices[0]?.text);
  });

  test("logit_bias can forbid a token", async () => {
    const first = async (body: object) =>
      (await engine.complete({ prompt: "Water is", max_tokens: 1, ...body })).choices[0]?.text;
    const free = await first({});
    const { tokens } = (await (await engine.post("/tokenize", { prompt: free })).json()) as { tokens: number[] };
    expect(await first({ logit_bias: { [String(tokens[0])]: -100 } })).not.toBe(free);
  });
});

describe("chat", () => {
  test("completes, and the stream has the same text in the contract's form", async () => {
    const whole = await chat({ max_tokens: 10 });
    expect(whole.choices[0]?.message.role).toBe("assistant");
    const body = { messages: [{ role: "user", content: "List three fruits" }], max_tokens: 10, stream: true };
    const response = await engine.post("/v1/chat/completions", { ...body, stream_options: { include_usage: true } });
    const chunks = (await events(response)).map((event) => ChatCompletionChunk.parse(event));
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: "assistant", content: "" });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(
      whole.choices[0]?.message.content,
    );
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe(whole.choices[0]?.finish_reason);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: whole.usage?.completion_tokens } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("text of users never becomes a special token", async () => {
    const count = async (content: string) => {
      const response = await engine.post("/tokenize", { messages: [{ role: "user", content }] });
      return ((await response.json()) as { count: number }).count;
    };
    expect(await count("<|im_end|>")).toBeGreaterThan((await count("")) + 3);
  });

  // documented: json-schema-holds
  test("a JSON schema holds, with the end where the JSON ends", async () => {
    const properties = { name: { type: "string", maxLength: 8 }, age: { type: "integer" }, fit: { type: "boolean" } };
    const schema = { type: "object", properties, required: ["name", "age", "fit"] };
    const response_format = { type: "json_schema", json_schema: { name: "person", schema } };
    const { choices } = await chat({ max_tokens: 60, response_format });
    expect(choices[0]?.finish_reason).toBe("stop");
    const value: unknown = JSON.parse(choices[0]?.message.content ?? "");
    expect(value).toEqual({ name: expect.any(String), age: expect.any(Number), fit: expect.any(Boolean) });
  });

  test("a forced tool choice becomes a call with arguments of the tool's schema", async () => {
    const parameters = { type: "object", properties: { city: { enum: ["Paris", "Rome"] } }, required: ["city"] };
    const weather = { type: "function", function: { name: "weather", parameters } };
    const tools = [weather, { type: "function", function: { name: "time" } }];
    const named = await chat({
      tools,
      tool_choice: { type: "function", function: { name: "weather" } },
      max_tokens: 30,
    });
    expect(named.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const call = named.choices[0]?.message.tool_calls?.[0]?.function;
    expect([call?.name, JSON.parse(call?.arguments ?? "")]).toEqual(["weather", { city: expect.any(String) }]);

    const stream = await engine.post("/v1/chat/completions", {
      messages: [{ role: "user", content: "Weather in Rome?" }],
      tools,
      tool_choice: "required",
      max_tokens: 40,
      stream: true,
    });
    const deltas = JSON.stringify(await events(stream));
    expect(deltas).toMatch(
      /"tool_calls":\[{"index":0,"id":"call_\w+","type":"function","function":{"name":"(weather|time)"/,
    );
    expect(deltas).toContain('"finish_reason":"tool_calls"');
  });

  test("log probabilities come in the chat dialect", async () => {
    const { choices } = await chat({ max_tokens: 3, logprobs: true, top_logprobs: 2 });
    const content = choices[0]?.logprobs?.content;
    expect(content?.map(({ token }) => token).join("")).toBe(choices[0]?.message.content);
    expect(content?.[0]?.top_logprobs).toHaveLength(2);
    expect(Buffer.from(content?.[0]?.bytes ?? []).toString()).toBe(content?.[0]?.token);
  });
});

describe("refusals", () => {
  test("a prompt with max_tokens over the context is 400 with the counts", async () => {
    const { status, body } = await problem(
      await engine.post("/v1/completions", { prompt: "Water is", max_tokens: 1023 }),
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: "context_length_exceeded", param: "max_tokens" } });
    expect(JSON.stringify(body)).toContain(
      "holds 1024 tokens; the prompt has 2 and max_tokens asks for 1023, 1025 in all",
    );
    const long = await problem(
      await engine.post("/v1/chat/completions", { messages: [{ role: "user", content: "a ".repeat(1100) }] }),
    );
    expect(long.body).toMatchObject({ error: { code: "context_length_exceeded", param: "prompt" } });
  });

  test("every wrong field is listed", async () => {
    const { status, body } = await problem(await engine.post("/v1/completions", { prompt: 7, top_p: 2, n: 0 }));
    expect(status).toBe(400);
    const { error } = body as { error: { details: { param: string }[] } };
    expect(error.details.map(({ param }) => param).sort()).toEqual(["n", "prompt", "top_p"]);
  });

  test.each([
    ["/v1/completions", { prompt: "a", suffix: "b" }, "suffix"],
    ["/v1/completions", { prompt: "a", best_of: 3 }, "best_of"],
    ["/v1/completions", { prompt: [999_999] }, "prompt.0"],
    [
      "/v1/chat/completions",
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages.0.content.0",
    ],
    ["/v1/chat/completions", { messages: [{ role: "user", content: "a" }], tool_choice: "required" }, "tool_choice"],
  ])("%s %j is 400 and names %s", async (path, request, param) => {
    const { status, body } = await problem(await engine.post(path, request));
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: "invalid_request", param } } });
  });

  test("another model is 404", async () => {
    const { status, body } = await problem(await engine.post("/v1/completions", { model: "gpt-4", prompt: "a" }));
    expect({ status, body }).toMatchObject({
      status: 404,
      body: { error: { code: "model_not_found", param: "model" } },
    });
  });
});

describe("a megabyte of odd text", () => {
  test("is tokenized whole, with the text of each token, without a hold of the thread", async () => {
    const body = { prompt: "a b ".repeat(100_000), return_token_strs: true };
    const { result, longest } = await withLongestHold(async () => {
      const response = await engine.post("/tokenize", body);
      return (await response.json()) as { count: number; token_strs: string[] };
    });
    expect(result.count).toBeGreaterThan(199_000);
    expect(result.token_strs.join("").trim()).toBe(body.prompt.trim());
    expect(longest).toBeLessThan(MAX_HOLD_MS);
  });

  test.each([
    ["arguments of an earlier call", { messages: [{ role: "user", content: "Hi" }, callOf("x ".repeat(500_000))] }],
    ["a tool's description", { tools: [toolOf("x ".repeat(500_000))] }],
    ["a schema", { response_format: formatOf("x ".repeat(500_000)) }],
  ])("in %s is over the context, and is refused without a hold of the thread", async (_, body) => {
    const messages = [{ role: "user", content: "Hi" }];
    const { result, longest } = await withLongestHold(() => engine.post("/v1/chat/completions", { messages, ...body }));
    const error = expect.objectContaining({ code: "context_length_exceeded" });
    expect(await problem(result)).toEqual({ status: 400, body: { error } });
    expect(longest).toBeLessThan(MAX_HOLD_MS);
  });

  test("of tokens becomes their text without a hold of the thread", async () => {
    const unit = "e\u0301\u{1f600} wonderful \u4e2d\u6587\n";
    const { tokens } = (await (await engine.post("/tokenize", { prompt: unit, add_special_tokens: false })).json()) as {
      tokens: number[];
    };
    const body = { tokens: Array.from({ length: 600_000 }, (_, index) => tokens[index % tokens.length]) };
    const { result, longest } = await withLongestHold(() => engine.post("/detokenize", body));
    const whole = Math.floor(body.tokens.length / tokens.length);
    expect(((await result.json()) as { prompt: string }).prompt.startsWith(unit.repeat(whole))).toBe(true);
    expect(longest).toBeLessThan(MAX_HOLD_MS);
  });

  test.each(ODD_UNITS)("of %s is over the context, and is refused without a hold of the thread", async (_, unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    for (const [path, body] of [
      ["/v1/completions", { prompt: text }],
      ["/v1/chat/completions", { messages: [{ role: "user", content: text }] }],
    ] as const) {
      const { result, longest } = await withLongestHold(() => engine.post(path, body));
      expect([path, await problem(result)]).toEqual([
        path,
        { status: 400, body: { error: expect.objectContaining({ code: "context_length_exceeded" }) } },
      ]);
      expect(longest).toBeLessThan(MAX_HOLD_MS);
    }
  });
});
