import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { ChatCompletionChunk, ChatCompletionResponse } from "../../../../contracts/api/chat.ts";
import { type FakeGeminiBehaviour, geminiEvents, startFakeGemini } from "../../../../test-support/fake-gemini.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { chatEvents, cuts, damage, damaged, gathered, outbound, translated } from "../../../test/dialect-cases.ts";
import { jsonOfWhole } from "../../../test/whole-json.ts";
import { geminiDialect } from "./gemini.ts";

let made = 0;
const dialect = geminiDialect({ now: () => 5_000, newId: () => `id-${++made}` });

const parts: FakeGeminiBehaviour["parts"] = [
  { text: "Let me see", thought: true },
  { text: "Looking " },
  { text: "it up" },
  { functionCall: { id: "f1", name: "weather", args: { city: "Oslo" } }, thoughtSignature: "c2ln" },
  { functionCall: { name: "time" } },
];
const usage = {
  promptTokenCount: 12,
  cachedContentTokenCount: 5,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 2,
  totalTokenCount: 17,
};

async function send(behaviour: Partial<FakeGeminiBehaviour>, fields: Record<string, unknown> = {}) {
  const provider = await startFakeGemini(behaviour);
  onTestFinished(() => provider.stop());
  const request = outbound(fields, "models/gemini-2.5-flash");
  const { path, headers, body } = await dialect.encode(request);
  const response = await fetch(provider.origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": provider.behaviour.key, ...headers },
    body,
  });
  return { provider, request, response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const whole = async (behaviour: Partial<FakeGeminiBehaviour>) => {
  const { request, bytes } = await send(behaviour);
  return ChatCompletionResponse.parse(jsonOfWhole(dialect.decodeWhole(bytes, request)));
};
const streamBytes = (behaviour: Partial<FakeGeminiBehaviour>) => {
  const state = { parts, finishReason: "STOP", usage, blockReason: undefined, ...behaviour } as FakeGeminiBehaviour;
  return Buffer.from(
    geminiEvents(state)
      .map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`)
      .join(""),
  );
};
const streamed = (bytes: Uint8Array, sizes: readonly number[] = []) => {
  const translator = dialect.decodeStream(outbound({ stream: true }));
  if (translator === undefined) throw new Error("nothing translates");
  return translated(translator, bytes, sizes);
};

describe("Gemini", () => {
  test("responds with a chat completion", async () => {
    const response = await whole({ parts, usage });
    const [choice] = response.choices;
    expect(response).toMatchObject({ id: "resp-fake", created: 5, model: "tiny" });
    expect(choice).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: "Looking it up",
        reasoning_content: "Let me see",
        thinking_blocks: [{ type: "thinking", thinking: "Let me see", signature: "gemini:c2ln" }],
        tool_calls: [
          {
            id: "f1",
            function: { name: "weather", arguments: '{"city":"Oslo"}' },
            extra_content: { google: { thought_signature: "c2ln" } },
          },
          { id: expect.stringMatching(/^call_id\d+$/), function: { name: "time", arguments: "{}" } },
        ],
      },
    });
    expect(response.usage).toEqual({
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 2 },
    });
  });

  test("streams the same, each event an event of OpenAI's", async () => {
    const { bytes, response, provider } = await send({ parts, usage }, { stream: true });
    expect(response.headers.get("content-type")).toBe(dialect.streamMediaType);
    expect(provider.received[0]?.url).toBe("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    const text = streamed(bytes);
    for (const event of chatEvents(text)) ChatCompletionChunk.parse(event);
    expect(gathered(text)).toMatchObject({
      content: "Looking it up",
      reasoning: "Let me see",
      thinking: [{ type: "thinking", thinking: "Let me see", signature: "gemini:c2ln" }],
      calls: [
        { id: "f1", name: "weather", arguments: '{"city":"Oslo"}' },
        { name: "time", arguments: "{}" },
      ],
      finish: "tool_calls",
      usage: { prompt_tokens: 12, completion_tokens: 5 },
      isDone: true,
    });
  });

  test.each([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content_filter"],
    ["RECITATION", "content_filter"],
    ["PROHIBITED_CONTENT", "content_filter"],
    ["SOMETHING_NEW", "stop"],
  ])("that stops for %s has finish_reason %s", async (finishReason, finish) => {
    expect((await whole({ finishReason })).choices[0]?.finish_reason).toBe(finish);
    expect(gathered(streamed(streamBytes({ parts: [{ text: "a" }], finishReason }))).finish).toBe(finish);
  });

  test("that blocks the prompt has an empty response with finish_reason content_filter", async () => {
    const response = await whole({ blockReason: "SAFETY" });
    expect(response.choices[0]).toMatchObject({ finish_reason: "content_filter", message: { content: null } });
    expect(gathered(streamed(streamBytes({ blockReason: "SAFETY" })))).toMatchObject({
      finish: "content_filter",
      isDone: true,
    });
  });

  test("without a usable response is an upstream error, so that another target can be called", () => {
    for (const text of ["", "{}", "[]", '{"candidates":[]}', "<html>"])
      expect(() => dialect.decodeWhole(Buffer.from(text), outbound({}))).toThrow(GatewayError);
    const malformed = JSON.stringify({ candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL" }] });
    expect(() => dialect.decodeWhole(Buffer.from(malformed), outbound({}))).toThrow(GatewayError);
  });

  test("that ends without a finish reason was cut off", () => {
    const events = streamBytes({}).toString().split("\r\n\r\n");
    const cut = Buffer.from(`${events.slice(0, 2).join("\r\n\r\n")}\r\n\r\n`);
    expect(gathered(streamed(cut))).toMatchObject({ error: { code: "stream_interrupted" }, isDone: false });
  });

  test("means the same in every split of its bytes", () => {
    const bytes = streamBytes({ parts: parts.slice(0, 4) });
    const expected = streamed(bytes);
    for (let at = 1; at < bytes.length; at++) {
      const translator = dialect.decodeStream(outbound({ stream: true }));
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)].map(
        (piece) => translator?.push(piece) ?? Buffer.alloc(0),
      );
      expect(Buffer.concat([...pieces, translator?.end() ?? Buffer.alloc(0)]).toString(), `cut at ${at}`).toBe(
        expected,
      );
    }
    void fc.assert(
      fc.property(cuts, (sizes) => {
        expect(streamed(bytes, sizes)).toBe(expected);
      }),
    );
  });

  test("never throws whatever its bytes are, and sends one error at most, as the last event", () => {
    void fc.assert(
      fc.property(damage, cuts, (harm, sizes) => {
        const text = streamed(damaged(streamBytes({}), harm), sizes);
        const errors = chatEvents(text).filter(({ error }) => error !== undefined);
        expect(errors.length).toBeLessThanOrEqual(1);
        expect(text.endsWith("data: [DONE]\n\n")).toBe(errors.length === 0);
      }),
    );
  });

  test.each([
    [{ code: 400, status: "INVALID_ARGUMENT", message: "Bad thing" }, { message: "Bad thing" }],
    [
      {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: "The input token count (9) exceeds the maximum number of tokens allowed (8).",
      },
      { code: "context_length_exceeded" },
    ],
    [
      { code: 400, status: "FAILED_PRECONDITION", message: "User location is not supported for the API use." },
      { isAboutAccount: true },
    ],
    [
      {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: "Invalid value",
        details: [
          { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: "contents[0]" }] },
        ],
      },
      { param: "contents[0]" },
    ],
  ])("that responds %j becomes %j", async (error, problem) => {
    const { response, bytes } = await send({ error });
    expect(dialect.decodeProblem(response.status, bytes.toString())).toMatchObject(problem);
  });

  test("that refuses our key is a fault of our account, though its status is 400", async () => {
    const provider = await startFakeGemini();
    onTestFinished(() => provider.stop());
    const response = await fetch(`${provider.origin}/v1beta/models/x:generateContent`, { method: "POST", body: "{}" });
    expect(dialect.decodeProblem(response.status, await response.text())).toMatchObject({ isAboutAccount: true });
  });

  test("makes vectors, as numbers and in base64", async () => {
    const request = outbound({ input: ["a", "b"], dimensions: 2 }, "gemini-embedding-001");
    const generation = { ...request.generation, route: "/v1/embeddings" } as const;
    const { path, body } = await dialect.encode({ ...request, generation });
    expect(path).toBe("/v1beta/models/gemini-embedding-001:batchEmbedContents");
    expect(JSON.parse(body.toString()).requests).toEqual(
      ["a", "b"].map((text) => ({
        model: "models/gemini-embedding-001",
        content: { parts: [{ text }] },
        outputDimensionality: 2,
      })),
    );
    const bytes = Buffer.from(JSON.stringify({ embeddings: [{ values: [0.5, -1] }] }));
    const vector = (fields: object) =>
      jsonOfWhole(
        dialect.decodeWhole(bytes, {
          ...request,
          generation: { ...generation, fields: { ...generation.fields, ...fields } },
        }),
      ).data[0].embedding;
    expect(vector({})).toEqual([0.5, -1]);
    expect([
      ...new Float32Array(new Uint8Array(Buffer.from(vector({ encoding_format: "base64" }), "base64")).buffer),
    ]).toEqual([0.5, -1]);
  });

  test("is called for chat completions and embeddings only", () => {
    const request = outbound({});
    const generation = { ...request.generation, route: "/v1/completions" } as const;
    expect(() => dialect.encode({ ...request, generation })).toThrow(/chat completions and embeddings only/);
  });
});
