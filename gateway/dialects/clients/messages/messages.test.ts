import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { Message } from "../../../../contracts/api/messages.ts";
import { newApiKey } from "../../../../domain/keys/api-key.ts";
import { eventually } from "../../../../test-support/waits/eventually.ts";
import { TOOL_CALL } from "../../../test/dialect-cases.ts";
import { post, startTestGateway, type TestGatewayOptions } from "../../../test/test-gateway.ts";
import { messageOfChat } from "./messages-response.ts";

async function start(options: TestGatewayOptions = {}) {
  const test = await startTestGateway(options);
  const key = newApiKey();
  test.keys.set(key.keyId, {
    keyId: key.keyId,
    hash: key.hash,
    name: "a",
    plan: "standard",
    createdAt: "2026-01-01T00:00:00Z",
  });
  const client = (apiKey: string) => new Anthropic({ baseURL: test.url, apiKey, maxRetries: 0 });
  return { ...test, key, client, anthropic: client(key.secret) };
}

const requestBody = { model: "tiny", max_tokens: 20, messages: [{ role: "user" as const, content: "Hello" }] };

describe("Anthropic's SDK", () => {
  test("creates a message, with its key, and finds the request's id", async () => {
    const { anthropic, engines, requestLine, key } = await start({ config: { auth: "required" } });
    const message = await anthropic.messages.create({ ...requestBody, system: "Be brief" });
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model: "tiny",
      content: [{ type: "text", text: " word word word" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 7, output_tokens: 3 },
    });
    expect(message._request_id).toMatch(/^req_[0-9a-f]{32}$/);
    expect(engines[0]?.received[0]).toMatchObject({
      path: "/v1/chat/completions",
      body: {
        messages: [
          { role: "system", content: "Be brief" },
          { role: "user", content: "Hello" },
        ],
        max_completion_tokens: 20,
      },
    });
    expect(engines[0]?.received[0]?.headers["x-api-key"]).toBeUndefined();
    expect(await requestLine()).toMatchObject({ route: "/v1/messages", keyId: key.keyId, promptTokens: 7 });
  });

  test("streams one with its helper", async () => {
    const { anthropic } = await start({ engines: [{ tokens: 5 }] });
    const stream = anthropic.messages.stream(requestBody);
    const seen: string[] = [];
    stream.on("text", (text) => seen.push(text));
    const message = await stream.finalMessage();
    expect(seen).toEqual(["w0", "w1", "w2", "w3", "w4"]);
    expect(message).toMatchObject({
      content: [{ type: "text", text: "w0w1w2w3w4" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 7, output_tokens: 5 },
    });
    expect(stream.request_id).toMatch(/^req_/);
  });

  test.each(["whole", "stream"] as const)("gets a tool call, %s, and sends the tool's result back", async (kind) => {
    const { anthropic, engines } = await start({ engines: [{ mode: TOOL_CALL[kind] }] });
    const tools = [{ name: "weather", input_schema: { type: "object" as const } }];
    const bodyWithTools = { ...requestBody, tools, tool_choice: { type: "any" as const } };
    const message =
      kind === "whole"
        ? await anthropic.messages.create(bodyWithTools)
        : await anthropic.messages.stream(bodyWithTools).finalMessage();
    expect(Message.safeParse(message).success).toBe(true);
    expect(message).toMatchObject({
      content: [
        { type: "text", text: "Looking" },
        { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo" } },
      ],
      stop_reason: "tool_use",
    });
    const result = { type: "tool_result" as const, tool_use_id: "call_1", content: "3 °C" };
    const messages = [
      ...requestBody.messages,
      { role: "assistant" as const, content: message.content },
      { role: "user" as const, content: [result] },
    ];
    const again = { ...bodyWithTools, messages };
    if (kind === "whole") await anthropic.messages.create(again);
    else await anthropic.messages.stream(again).finalMessage();
    expect(engines[0]?.received[0]?.body).toMatchObject({ tool_choice: "required" });
    expect(engines[0]?.received[1]?.body.messages).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: "Looking",
        tool_calls: [{ id: "call_1", function: { arguments: '{"city":"Oslo"}' } }],
      },
      { role: "tool", tool_call_id: "call_1", content: "3 °C" },
    ]);
  });

  test("counts tokens, as an estimate where no engine counts them", async () => {
    const { anthropic } = await start({ engines: [{ mode: { status: 500, body: "{}" } }] });
    const { model, messages } = requestBody;
    const short = await anthropic.messages.countTokens({ model, messages });
    const long = await anthropic.messages.countTokens({ model, messages, system: "x".repeat(4000) });
    expect(long.input_tokens - short.input_tokens).toBeGreaterThan(900);
  });

  test("throws its own error classes, with our code", async () => {
    const { anthropic, client } = await start({ config: { auth: "required" } });
    const failure = async (work: Promise<unknown>) =>
      await work.then(
        () => undefined,
        (error: unknown) => error,
      );
    const wrong = await failure(client("sk-wrong").messages.create(requestBody));
    expect(wrong).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(wrong).toMatchObject({ status: 401, type: "authentication_error" });
    const unknown = await failure(anthropic.messages.create({ ...requestBody, model: "nothing" }));
    expect(unknown).toBeInstanceOf(Anthropic.NotFoundError);
    expect(unknown).toMatchObject({ errorCode: "model_not_found", type: "not_found_error" });
    expect(unknown).toMatchObject({ requestID: expect.stringMatching(/^req_/) });
    const hot: object = { temperature: 9 };
    const invalid = await failure(anthropic.messages.create({ ...requestBody, ...hot }));
    expect(invalid).toBeInstanceOf(Anthropic.BadRequestError);
    expect(invalid).toMatchObject({ message: expect.stringContaining("`temperature` must be at most 1") });
  });

  test("throws when the engine dies in the middle of a stream", async () => {
    const { anthropic } = await start({ engines: [{ tokens: 5, intervalMs: 20, diesAfterTokens: 2 }] });
    const stream = anthropic.messages.stream(requestBody);
    const seen: string[] = [];
    stream.on("text", (text) => seen.push(text));
    const error = await stream.finalMessage().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ type: "api_error", errorCode: "stream_interrupted" });
    expect(seen).toEqual(["w0", "w1"]);
  });

  test("stops the engine when it aborts", async () => {
    const { anthropic, engines } = await start({ engines: [{ tokens: 1000, intervalMs: 20 }] });
    const stream = anthropic.messages.stream(requestBody);
    await new Promise((resolve) => stream.once("text", resolve));
    stream.abort();
    await expect(stream.done()).rejects.toThrow(Anthropic.APIUserAbortError);
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
  });
});

describe("POST /v1/messages", () => {
  test("takes the key as a bearer too, and x-api-key nowhere else", async () => {
    const { url, key } = await start({ config: { auth: "required" } });
    const bearer = await post(url, "/v1/messages", requestBody, { authorization: `Bearer ${key.secret}` });
    expect(bearer.status).toBe(200);
    const elsewhere = await post(url, "/v1/chat/completions", requestBody, { "x-api-key": key.secret });
    expect(elsewhere.status).toBe(401);
  });

  test.each([
    ["/v1/messages", {}, 400, "invalid_request_error"],
    ["/v1/messages", "{", 400, "invalid_request_error"],
    [
      "/v1/messages",
      { ...requestBody, messages: [{ role: "user", content: "x".repeat(200_000) }] },
      413,
      "request_too_large",
    ],
    ["/v1/messages/count_tokens", { model: "nothing", messages: [] }, 400, "invalid_request_error"],
  ])("%s has its errors in Anthropic's shape: %#", async (path, body, status, type) => {
    const { url } = await start();
    const response = await post(url, path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type, message: expect.any(String) },
      request_id: response.headers.get("request-id"),
    });
  });
});

describe("a whole response for Anthropic's SDKs", () => {
  const response = (message: unknown, extra = {}) =>
    JSON.parse(
      JSON.stringify(
        messageOfChat({ id: "chatcmpl-1", choices: [{ message, finish_reason: "tool_calls", ...extra }] }, "tiny"),
      ),
    );

  test("has thinking, text and tool calls as blocks", () => {
    const tool_calls = [
      { id: "t1", function: { name: "f", arguments: '{"a":1}' } },
      { id: "t2", function: { name: "f", arguments: '{"a":' } },
    ];
    expect(response({ content: "Hi", reasoning_content: "hm", tool_calls })).toMatchObject({
      id: "msg_1",
      content: [
        { type: "thinking", thinking: "hm", signature: "" },
        { type: "text", text: "Hi" },
        { type: "tool_use", id: "t1", name: "f", input: { a: 1 } },
        { type: "tool_use", id: "t2", name: "f", input: { raw_arguments: '{"a":' } },
      ],
      stop_reason: "tool_use",
    });
  });

  test("has signed thinking unchanged", () => {
    const thinking_blocks = [{ type: "thinking", thinking: "hm", signature: "s" }];
    expect(response({ content: "Hi", reasoning_content: "hm", thinking_blocks }).content[0]).toEqual(
      thinking_blocks[0],
    );
  });
});
